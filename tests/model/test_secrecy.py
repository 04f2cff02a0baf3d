"""What is a secret is covered, and what only talks of one is not."""

import pytest

from kubectl_mc.model.secrecy import MASK, is_secret, masked, masked_command, masked_text


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
    assert masked_command(words) == shown


@pytest.mark.parametrize(
    "text",
    [
        "error: password=hunter2 is refused",
        'login with {"user": "app", "password": "hunter2"}',
        "login with {'db.password': 'hunter2'}",
        'level=error msg="no login" api_key="hunter2"',
        "cannot reach postgres://app:hunter2@db:5432/app",
        "GET /ready?token=hunter2&x=1",
        "curl -u app:hunter2 http://127.0.0.1/ready",
        "curl --user=app:hunter2 http://127.0.0.1/ready",
        "curl -H 'Authorization: Bearer hunter2' http://127.0.0.1/ready",
        "curl -H 'X-Api-Key: hunter2' http://127.0.0.1/ready",
        "redis-cli -h 127.0.0.1 -a hunter2 ping",
        "mysqladmin ping -uroot -phunter2",
        "db --admin-password hunter2 -v",
        "PGPASSWORD=hunter2 psql",
    ],
)
def test_what_a_text_names_as_a_secret_is_covered(text: str) -> None:
    assert masked_text(text) == text.replace("hunter2", MASK)
    assert masked_command(["sh", "-c", text]) == f"sh -c {text.replace('hunter2', MASK)}"


@pytest.mark.parametrize(
    "text",
    [
        "panic: no licence",
        "invalid password: authentication failed for user app",
        'MountVolume.SetUp failed for volume "tls-secret" : secret "tls" not found',
        "cannot read secret: permission denied",
        "open /run/secrets/token: no such file or directory",
        "redis-cli -a $REDIS_PASSWORD ping",
        "mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD",
        'PGPASSWORD="$DB_PASSWORD" psql',
        "curl -u app:$PASSWORD http://127.0.0.1/ready",
        "su -u 1000:1000",
        "token_ttl=3600 key=app exit=1",
        "db --password-file /run/pw",
        "couldn't find key token in Secret shop/db",
        "redis-cli -p 6379 ping",
    ],
)
def test_a_text_that_only_talks_of_secrets_is_shown(text: str) -> None:
    assert masked_text(text) == text
