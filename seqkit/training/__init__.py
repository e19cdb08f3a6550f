"""Training engine: epoch loop, checkpoints, feeds, optimizers and export. Inference needs none of it."""
