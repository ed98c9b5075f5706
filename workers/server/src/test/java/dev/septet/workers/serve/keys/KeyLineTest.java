package dev.septet.workers.serve.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyLineTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @Test
    void readsPlainAndNamedKeys() {
        List<ApiKey> keys = KeyLine.read("""
            # ours
            a-key-that-is-long-enough

            shop sha256:%s scopes=chat,feedback models=bot,bot@* expires=2027-01-31
            """.formatted(HASH));

        ApiKey plain = keys.get(0);
        assertThat(plain.name()).startsWith("key-").hasSize(12);
        assertThat(plain.scopes())
                .as("a plain key opens no page of `septet ui`")
                .containsExactlyInAnyOrder(KeyScope.CHAT, KeyScope.FEEDBACK, KeyScope.MODELS);
        assertThat(plain.mayUse("anything")).isTrue();
        assertThat(plain.matches(ApiKey.hash("a-key-that-is-long-enough"))).isTrue();
        ApiKey shop = keys.get(1);
        assertThat(shop.scopes()).isEqualTo(Set.of(KeyScope.CHAT, KeyScope.FEEDBACK));
        assertThat(shop.mayUse("bot") && shop.mayUse("bot@1")).isTrue();
        assertThat(shop.mayUse("bot:base") || shop.mayUse("other")).isFalse();
        assertThat(shop.expired(Instant.parse("2027-01-31T23:59:59Z"))).isFalse();
        assertThat(shop.expired(Instant.parse("2027-02-01T00:00:00Z"))).isTrue();
        assertThat(KeyLine.read(KeyLine.write(shop))).containsExactly(shop);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "short|line 1 is not a key: expected at least 16 characters",
                "shop a-key-that-is-long-enough|line 1 has no 'sha256:' with 64 hex digits",
                "sh/op sha256:HASH|line 1 has no name of letters",
                "shop sha256:HASH scope=chat|line 1 has 'scope=chat'; known are scopes=",
                "shop sha256:HASH scopes=admin|line 1 has the scope 'admin'; known are chat,"
                        + " feedback, models, ui-read, ui-act, ui-review",
                "shop sha256:HASH expires=soon|line 1 has expires=soon; expected a date",
                "shop sha256:HASH models=a,|line 1 has an empty name",
            })
    void explainsWhatIsWrongWithoutShowingAKey(String line, String explained) {
        assertThatThrownBy(() -> KeyLine.read(line.replace("HASH", HASH)))
                .hasMessageContaining(explained)
                .hasMessageNotContaining("a-key-that-is-long-enough");
    }

    @Test
    void aNameStandsForOneKey() {
        String line = "shop sha256:%s\n".formatted(HASH);
        assertThatThrownBy(() -> KeyLine.read(line + line)).hasMessage("line 2 names the key 'shop' a second time");
    }

    @Test
    void newKeysAreLongAndDiffer() {
        assertThat(ApiKey.random()).hasSizeGreaterThan(50).isNotEqualTo(ApiKey.random());
        assertThat(ApiKey.plain(ApiKey.random()).scopes()).hasSize(3);
    }
}
