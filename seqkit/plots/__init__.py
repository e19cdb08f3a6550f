"""Drawing: the canvas that all plots share, fonts for any script, label placement."""
