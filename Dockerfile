# An application of the workspace as an image: it and what it requires, as uv.lock has them.
# `docker build --build-arg MEMBER=NAME --build-arg COMMAND=ITS-COMMAND --tag NAME .`
FROM python:3.13-slim AS build
ARG MEMBER
ARG COMMAND=$MEMBER
ENV UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/app UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN python -m pip install --no-cache-dir "uv>=0.9.17"
WORKDIR /source
# What others wrote changes seldom: it is a layer of its own.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups --no-install-workspace --package "$MEMBER"
COPY . .
RUN uv sync --locked --no-default-groups --no-editable --package "$MEMBER"
RUN ln -s "$COMMAND" /app/bin/start

FROM python:3.13-slim
COPY --from=build /app /app
ENV PATH="/app/bin:$PATH"
USER nobody
ENTRYPOINT ["/app/bin/start"]
