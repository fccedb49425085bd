"""The Django project of the desk: pages and API over `pipeline.review`; it analyses nothing itself.

- `views`, `bulk_actions`, `walk`: the list, acts on several items of it, going through it item by item
- `items`, `actions`: the page of an item, and what people do on it; `issuer`: the page of an issuer, answers, notices
- `transfers`: uploads and exports; `publishing`, `public`: preview of a publication, the public pages
- `administration`: statistics and saved views; `audit_page`; `people`, `own_account`: accounts, password and tokens
- `api`, `api_errors`: calls of programs
- `permissions`, `middleware`, `errors`: who may call a view, headers and new passwords, errors in Chinese
- `settings`, `urls`, `wsgi`: the project; `charts`, `shown_once`, `templatetags`: parts of pages
"""
