package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.identity.CodeFlow;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.activities.identity.ProviderMetadata;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.serve.keys.ApiKey;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bounds of sign-ins and sessions, in number and time. */
class BegunSignInsTest {
    private static final Instant START = Instant.parse("2026-01-01T08:00:00Z");
    private static final URI PROVIDER = URI.create("https://login.example");

    private Instant now = START;
    private final Clock clock = new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };
    private final BegunSignIns begun = new BegunSignIns(clock);

    private static CodeFlow flow() {
        return new CodeFlow(
                new IdentityProvider(PROVIDER, "septet", "email", "groups", Map.of()),
                new ProviderMetadata(PROVIDER, PROVIDER, PROVIDER),
                PROVIDER,
                "text");
    }

    @Test
    void aSignInEndsOnceInItsBrowserWithinTenMinutes() {
        CodeFlow flow = flow();
        String browser = begun.begin(flow, null);
        now = START.plus(Duration.ofMinutes(10)).minusMillis(1);
        assertThat(begun.end(flow.state(), browser)).isNotNull();
        assertThat(begun.end(flow.state(), browser)).isNull();

        CodeFlow late = flow();
        String slow = begun.begin(late, null);
        now = now.plus(Duration.ofMinutes(10));
        assertThat(begun.end(late.state(), slow)).isNull();

        CodeFlow stolen = flow();
        String own = begun.begin(stolen, null);
        assertThat(begun.end(stolen.state(), begun.begin(flow(), null)))
                .as("the cookie of another sign-in")
                .isNull();
        assertThat(begun.end(stolen.state(), own)).as("after a wrong try").isNull();
    }

    @Test
    void aFloodForgetsTheOldest() {
        CodeFlow first = flow();
        String browser = begun.begin(first, null);
        CodeFlow last = first;
        String lastBrowser = browser;
        for (int i = 0; i < BegunSignIns.MOST; i++) {
            last = flow();
            lastBrowser = begun.begin(last, null);
        }
        assertThat(begun.size()).isEqualTo(BegunSignIns.MOST);
        assertThat(begun.end(first.state(), browser)).isNull();
        assertThat(begun.end(last.state(), lastBrowser)).isNotNull();
    }

    @Test
    void aPersonsSessionEndsAfterEightHoursHoweverBusy() {
        UiSessions sessions = UiSessions.withoutKeys(clock);
        UiUser anna = new UiUser("anna", false, false, "", new UiUser.Person(Set.of("lab"), List.of("everybody")));
        String cookie = sessions.begin(anna);
        for (int hour = 0; hour < 8; hour++) {
            assertThat(sessions.user(cookie)).as("hour %d", hour).isNotNull();
            now = now.plus(Duration.ofHours(1));
        }
        assertThat(sessions.user(cookie)).isNull();
        assertThat(sessions.key("anything")).isNull();
    }

    @Test
    void aPersonWhoSignsInAgainAndAgainEndsNoSessionOfOthers() {
        UiSessions sessions = UiSessions.withoutKeys(clock);
        String bens = sessions.begin(new UiUser("ben", false, false, "", new UiUser.Person(Set.of("lab"), List.of())));
        UiUser anna = new UiUser("anna", false, false, "", new UiUser.Person(Set.of("lab"), List.of()));
        String first = sessions.begin(anna);
        String last = first;
        for (int i = 0; i < 2000; i++) {
            last = sessions.begin(anna);
        }
        assertThat(sessions.user(bens)).isNotNull();
        assertThat(sessions.user(first)).isNull();
        assertThat(sessions.user(last)).isNotNull();
    }

    @Test
    void aSessionEndsWhenTheClockWasSetBackBeforeItBegan() {
        UiSessions sessions = UiSessions.of("a-token-of-twenty-letters", "ada", clock);
        ApiKey key = Objects.requireNonNull(sessions.key("a-token-of-twenty-letters"));
        String cookie = sessions.begin(key);

        now = now.plus(Duration.ofHours(23));
        assertThat(sessions.user(cookie)).isNotNull();
        now = now.minus(Duration.ofHours(24));
        assertThat(sessions.user(cookie)).isNull();
    }
}
