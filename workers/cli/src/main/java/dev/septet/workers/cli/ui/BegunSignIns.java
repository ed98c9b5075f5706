package dev.septet.workers.cli.ui;

import dev.septet.activities.identity.CodeFlow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins that have begun and not ended, in bounded memory. A sign-in ends once, in the browser in which it began, within ten
 * minutes. When too many have begun, the oldest is forgotten.
 */
final class BegunSignIns {
    static final Duration PATIENCE = Duration.ofMinutes(10);

    /** About 10 MB. */
    static final int MOST = 10_000;

    private final Clock clock;
    private final Map<String, Begun> begun = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Begun> eldest) {
            return size() > MOST;
        }
    };

    /**
     * An answer that is sent when its person signed in for it.
     *
     * @param session cookie of the person's session
     * @param back the page to which the person returns
     */
    record Answer(UiActions.Prepared prepared, String session, String back) {}

    /**
     * A sign-in.
     *
     * @param browser the cookie of the browser in which it began
     * @param answer what the person answers by it; null when it opens the pages
     */
    record Begun(
            CodeFlow flow,
            String browser,
            Instant end,
            @Nullable Answer answer) {}

    BegunSignIns(Clock clock) {
        this.clock = clock;
    }

    /** Remembers a sign-in; the text is the browser's cookie. */
    synchronized String begin(CodeFlow flow, @Nullable Answer answer) {
        String browser = CodeFlow.random();
        begun.put(flow.state(), new Begun(flow, browser, clock.instant().plus(PATIENCE), answer));
        return browser;
    }

    /**
     * Takes the sign-in of a redirect, which has then ended.
     *
     * @param browser the browser's cookie
     * @return null when there is none, or it began elsewhere or too long ago
     */
    synchronized @Nullable Begun end(@Nullable String state, @Nullable String browser) {
        Begun found = state == null ? null : begun.remove(state);
        return found != null
                        && UiSessions.same(found.browser(), browser)
                        && clock.instant().isBefore(found.end())
                ? found
                : null;
    }

    /** How many have begun. */
    synchronized int size() {
        return begun.size();
    }
}
