# Two images from one base:
#   docker build --target studio -t clapper-studio .
#   docker build --target worker -t clapper-worker .
# They share the volume /data and see the raw videos under the same path; see compose.yaml.

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 CLAPPER_DATA=/data
WORKDIR /app
# Before the code, so that a change of code installs nothing anew.
COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin clapper \
    && install -d -o clapper -g clapper -m 0750 /data
COPY app.py settings.py worker.py ./
COPY cli ./cli
COPY work ./work
COPY pipelines ./pipelines
COPY db ./db
COPY studio ./studio
# The code is not writable at run time, and workers start many processes: compile it here.
RUN python -m compileall -q .
USER 10001
VOLUME /data

# A studio that others can reach needs an account first: docker compose run --rm studio python app.py user add NAME
FROM base AS studio
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860", "--no-worker"]

# Healthy while a worker of this container has said within the last lease that it lives.
FROM base AS worker
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 \
    CMD ["python", "-m", "work.alive"]
CMD ["python", "app.py", "worker"]
