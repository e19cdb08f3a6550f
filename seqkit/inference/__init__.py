"""Inference on ONNX Runtime, for all tasks and without Keras or TensorFlow."""
