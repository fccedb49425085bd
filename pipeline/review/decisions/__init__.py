"""Decisions of people: on findings, second review, rulings (裁定), conclusions, checklists, corrections; one item or many at once.

`workflow` handles one item, `bulk` many, `checklists` points and conclusions; `contradictions` tells what of these does not go together
and must be resolved or explained; `agreement` measures how far people agree with each
other and with the program; `training_export` writes decisions as annotated sentences. Every change is recorded in the audit.
"""
