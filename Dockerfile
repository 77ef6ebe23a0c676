# One image for every process of docker-compose.yml; the version is the one that the tests run on.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data

RUN useradd --system --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin aftersales \
    && install -d -o aftersales -g aftersales -m 0700 /data

WORKDIR /app

# The dependencies change seldom: a layer of their own, before the program.
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -c constraints.txt -r requirements.txt

# Owned by root, readable whatever the umask of the clone, compiled: the running user can't change the program.
COPY . .
RUN chmod -R a+rX . && python -m compileall -q .

USER aftersales
