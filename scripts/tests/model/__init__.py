"""The model as sentences: values in, values out; no file, process or network."""
