"""Names of the files of a model with an encoder and a decoder, and of what they take and give."""

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
"""Files of a run.

The encoder reads the source, and gives "memory_1" and so on, and the states "state_1" and so on before the first token.
The decoder reads them and the tokens so far, `PREVIOUS`, and gives the `LOGITS` of the next token, `ATTENTION` (the
weights of the source tokens, if the recipe has some), and the states after the last token, "last_state_1" and so on.
"""

LOGITS, ATTENTION, PREVIOUS = "logits", "attention", "previous"
