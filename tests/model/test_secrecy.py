"""What is a secret is covered, and what only talks of one is not."""

import pytest

from kubectl_mc.model.secrecy import MASK, is_secret, masked, masked_words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("API_KEY", "abc"),
        ("apiKey", "abc"),
        ("GITHUB_TOKEN", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("MYSQL_PWD", "x"),
        ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----"),
        ("ANYTHING", "AKIAABCDEFGHIJKLMNOP"),
    ],
)
def test_a_secret_is_covered_whole(name: str, value: str) -> None:
    assert masked(name, value) == MASK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("SECRET_NAME", "db"),
        ("TOKEN_TTL", "3600"),
        ("TOKENIZER", "fast"),
        ("COMPASS", "north"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "$(OTHER)"),
        ("URL", "https://example.com/a:b@c"),
        ("URL", "postgres://user:$(PASSWORD)@db/app"),
    ],
)
def test_what_only_talks_of_a_secret_is_shown(name: str, value: str) -> None:
    assert not is_secret(name, value)
    assert masked(name, value) == value


def test_of_a_url_only_the_password_is_covered() -> None:
    assert masked("URL", "postgres://user:hunter2@db:5432/app") == f"postgres://user:{MASK}@db:5432/app"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["serve", "--port", "8080"], "serve --port 8080"),
        (["db", "--password=hunter2", "-v"], f"db --password={MASK} -v"),
        (["db", "--admin-password", "hunter2", "-v"], f"db --admin-password {MASK} -v"),
        (["db", "--password-file", "/run/pw"], "db --password-file /run/pw"),
        (["sh", "-c", "API_KEY=abc ./run  postgres://me:pw@db/x"], f"sh -c API_KEY={MASK} ./run  postgres://me:{MASK}@db/x"),
    ],
)  # fmt: skip
def test_the_secrets_of_a_command_are_covered(words: list[str], shown: str) -> None:
    assert " ".join(masked_words(words)) == shown
