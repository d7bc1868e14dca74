# The course in a container, for machines that MXNet has no wheel for (Apple silicon, Windows without WSL2, other Linux):
#   docker build --platform linux/amd64 --tag d2l-course .
#   docker run --platform linux/amd64 --rm --publish 127.0.0.1:8888:8888 \
#     --volume d2l-course:/course d2l-course
# and open the last address that it prints; the volume keeps your work.
# Debian 12 has the C library of the committed outputs; a newer one changes their last digits.
FROM python:3.11-bookworm

# hadolint ignore=DL3008 -- the versions are those of Debian 12, which changes them for security only
RUN --mount=type=bind,source=apt.txt,target=/tmp/apt.txt \
    apt-get update \
    && xargs apt-get install --yes --no-install-recommends </tmp/apt.txt \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --uid 1000 --create-home learner && install --directory --owner=1000 /course
USER 1000
WORKDIR /course
COPY --chown=1000 . .
RUN make setup

EXPOSE 8888
CMD ["make", "lab", "LAB=--no-browser --ip=0.0.0.0"]
