"""Engines that answer from a finished run without Keras or TensorFlow. They know no task."""
