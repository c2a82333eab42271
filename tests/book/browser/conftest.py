import pytest


@pytest.fixture(scope="session")
def chrome():
    chromium = pytest.importorskip("chromium")
    with chromium.browser() as browser:
        yield browser
