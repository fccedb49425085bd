"""Training: annotated sentences → the clause model with its manifest and model card, measured by cross-validation.

`sentences` reads annotated sentences, `fitting` trains and writes the model, `card` writes the model card. This package
is not needed to use a model.
"""
