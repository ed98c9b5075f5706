package dev.septet.workers.cli.ui;

import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.loopback.LoopbackAccess;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.KeyScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the page, and the browsers that presented one or whose person signed in. A browser gets a random cookie; the key
 * itself is in no cookie. A session ends with its key, after a day, or with the process; a person's session after eight hours.
 */
final class UiSessions {
    private static final Duration STAY = Duration.ofHours(24);

    /** A day of work, because nobody tells the page when a person leaves a group. */
    private static final Duration PERSON_STAY = Duration.ofHours(8);

    private static final int MOST = 1000;

    /** So that one person who signs in again and again ends no session of others. */
    private static final int MOST_OF_A_PERSON = 20;

    private final @Nullable KeyRing keys;
    private final @Nullable ApiKey token;
    private final Clock clock;
    private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A browser that was let in.
     *
     * @param key the key that it presented; null when a person signed in
     */
    private record Session(
            @Nullable ApiKey key, UiUser user, Instant end, AtomicReference<UiPage.@Nullable Notice> notice) {}

    private UiSessions(@Nullable KeyRing keys, @Nullable ApiKey token, Clock clock) {
        this.keys = keys;
        this.token = token;
        this.clock = clock;
    }

    /** The keys of a file, which may change. */
    static UiSessions of(KeyRing keys, Clock clock) {
        return new UiSessions(keys, null, clock);
    }

    /** No keys: people sign in at the identity provider. */
    static UiSessions withoutKeys(Clock clock) {
        return new UiSessions(null, null, clock);
    }

    /** Whether there are keys. */
    boolean keyed() {
        return keys != null || token != null;
    }

    /**
     * One token that may do everything, for this machine's user.
     *
     * @param account name of the user
     */
    static UiSessions of(String token, String account, Clock clock) {
        ApiKey plain = ApiKey.plain(token);
        return new UiSessions(
                null,
                new ApiKey(
                        account,
                        plain.sha256(),
                        Set.of(KeyScope.UI_READ, KeyScope.UI_ACT, KeyScope.UI_REVIEW),
                        plain.models(),
                        null),
                clock);
    }

    /** The key with this text; null when there is none that may read the page now. */
    @Nullable
    ApiKey key(@Nullable String text) {
        if (text == null) {
            return null;
        }
        ApiKey fixed = token;
        KeyRing ring = keys;
        if (ring != null) {
            ring.refresh();
        }
        ApiKey found = fixed != null
                ? fixed.matches(ApiKey.hash(text.strip())) ? fixed : null
                : ring == null ? null : ring.keys().find(text.strip());
        return found != null && reads(found) ? found : null;
    }

    /** Begins a session of a key; the text is its cookie. */
    String begin(ApiKey key) {
        return begin(key, user(key, ""), STAY);
    }

    /** Begins a session of a person who signed in; the text is its cookie. The person's oldest session may end. */
    synchronized String begin(UiUser person) {
        List<String> others = sessions.entrySet().stream()
                .filter(open -> open.getValue().key() == null
                        && open.getValue().user().name().equals(person.name()))
                .map(Map.Entry::getKey)
                .toList();
        if (others.size() >= MOST_OF_A_PERSON) {
            sessions.remove(others.get(0));
        }
        return begin(null, person, PERSON_STAY);
    }

    private synchronized String begin(@Nullable ApiKey key, UiUser user, Duration stay) {
        String cookie = LoopbackAccess.newToken();
        Instant end = clock.instant().plus(stay);
        sessions.put(cookie, new Session(key, user.with(LoopbackAccess.newToken()), end, new AtomicReference<>()));
        return cookie;
    }

    /** Ends a session. */
    synchronized void end(@Nullable String cookie) {
        if (cookie != null) {
            sessions.remove(cookie);
        }
    }

    /** The user of a session; null when there is none, or its key is not valid any more. */
    synchronized @Nullable UiUser user(@Nullable String cookie) {
        Session session = cookie == null ? null : sessions.get(cookie);
        if (session == null) {
            return null;
        }
        Duration left = Duration.between(clock.instant(), session.end());
        boolean over = left.isNegative() || left.isZero() || left.compareTo(STAY) > 0; // the clock was set back
        if (over || !valid(session.key())) {
            sessions.remove(cookie);
            return null;
        }
        return session.user();
    }

    /** The user of a key without a session. */
    static UiUser user(ApiKey key, String form) {
        return new UiUser(
                key.name(),
                key.scopes().contains(KeyScope.UI_ACT),
                key.scopes().contains(KeyScope.UI_REVIEW),
                form,
                null,
                key::mayUse);
    }

    /** Leaves a notice for the session's next page. */
    synchronized void tell(@Nullable String cookie, UiPage.Notice notice) {
        Session session = cookie == null ? null : sessions.get(cookie);
        if (session != null) {
            session.notice().set(notice);
        }
    }

    /** Takes the notice for this page; null when there is none. */
    synchronized UiPage.@Nullable Notice notice(@Nullable String cookie) {
        Session session = cookie == null ? null : sessions.get(cookie);
        if (session == null) {
            return null;
        }
        return session.notice().getAndSet(null);
    }

    /** Whether both texts are the same; takes the same time for every text of a length. */
    static boolean same(String expected, @Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a changed key file, and whether the key is still in it; a person's session has no key. */
    private boolean valid(@Nullable ApiKey key) {
        if (key == null) {
            return true;
        }
        KeyRing ring = keys;
        if (ring != null) {
            ring.refresh();
        }
        return reads(key) && (ring == null || ring.keys().contains(key));
    }

    private boolean reads(ApiKey key) {
        boolean reads =
                !Collections.disjoint(key.scopes(), Set.of(KeyScope.UI_READ, KeyScope.UI_ACT, KeyScope.UI_REVIEW));
        return reads && !key.expired(clock.instant());
    }
}
