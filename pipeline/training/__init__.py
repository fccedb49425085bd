"""Annotated sentences in, the model of provisions with its manifest and card out; what is reported was measured by cross-validation.

`sentences` reads annotated sentences, `fitting` trains and writes the model, `card` writes the model card. Nothing here is needed to use a model.
"""
