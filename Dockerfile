# One image for the review desk and its workers: Python, LibreOffice for page images of Word files, Chinese fonts.
FROM python:3.11-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libreoffice-writer fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY pipeline pipeline
COPY models models
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --create-home --uid 1000 qinggui && mkdir /data && chown qinggui /data
USER qinggui
ENV QINGGUI_HOME=/data
VOLUME /data
EXPOSE 8000
CMD ["qinggui", "serve", "--host", "0.0.0.0", "--workers", "0"]
