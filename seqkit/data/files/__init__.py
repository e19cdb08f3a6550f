"""File handling: format detection, encodings, downloads and archives."""
