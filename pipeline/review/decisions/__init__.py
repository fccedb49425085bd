"""What people decide: findings, second review, rulings (裁定), conclusions, checklists, corrections; one item or many at once.

`workflow` is the way of one item, `bulk` that of many, `agreement` says how far people agree with each other and with the machine,
`training_export` writes decisions as annotated sentences. Every change is an entry of the audit.
"""
