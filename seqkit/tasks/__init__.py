"""The questions that can be put to a sequence, one a file.

A task turns raw data into arrays and a `Spec`, and outputs back into a table. Training calls `prepare`; everything
afterwards goes through the same `encode` and `decode`. Nothing here imports Keras.
"""
