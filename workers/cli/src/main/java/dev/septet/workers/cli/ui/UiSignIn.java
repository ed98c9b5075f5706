package dev.septet.workers.cli.ui;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.identity.CodeFlow;
import dev.septet.activities.identity.IdTokens;
import dev.septet.activities.identity.ProviderMetadata;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.ui.view.Cached;
import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.serve.keys.KeyScope;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs people in at the identity provider: once for the pages, and once for each answer to an approval, whose token is the
 * person's signature.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9700">RFC 9700: Best Current Practice for OAuth 2.0 Security</a>
 */
final class UiSignIn implements AutoCloseable {
    /** Begins a sign-in. */
    static final String START = "/sign-in/provider";

    /** Where the provider sends the browser afterwards. */
    static final String END = "/signed-in";

    private static final Logger LOG = LoggerFactory.getLogger(UiSignIn.class);
    private static final Duration METADATA = Duration.ofMinutes(10);
    private static final int AT_ONCE = 8;
    private static final int BUSY_SECONDS = 3;

    private final UiPeople people;
    private final Supplier<URI> address;
    private final UiSessions sessions;
    private final UiActions actions;
    private final Runnable changed;
    private final IdTokens tokens;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "ui-provider");
        thread.setDaemon(true);
        return thread;
    });
    private final Cached<ProviderMetadata> provider;
    private final Semaphore exchanges = new Semaphore(AT_ONCE);
    private final BegunSignIns begun;

    /** A sign-in that failed; the message is for people. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Failed(int status, String reason) {
            super(reason);
            this.status = status;
        }
    }

    /**
     * @param address the address by which browsers reach the pages
     * @param changed is run after an answer was sent
     */
    UiSignIn(
            UiPeople people,
            Supplier<URI> address,
            UiSessions sessions,
            UiActions actions,
            Runnable changed,
            Clock clock) {
        this.people = people;
        this.address = address;
        this.sessions = sessions;
        this.actions = actions;
        this.changed = changed;
        this.begun = new BegunSignIns(clock);
        this.tokens = new IdTokens(people.identity(), clock);
        this.provider = new Cached<>(() -> ProviderMetadata.of(people.identity().issuer()), METADATA, reader, clock);
    }

    /** Whether a path is of a sign-in, which nobody needs to be signed in for. */
    static boolean isPath(String path) {
        return path.equals(START) || path.equals(END);
    }

    /** What the sign-in page shows. */
    UiGate.Provider gate() {
        return new UiGate.Provider(people.provider(), address.get() + START);
    }

    /** Answers a request for a path of a sign-in. */
    boolean handle(String path, UiAccess access, Request request, Response response, Callback callback) {
        try {
            return path.equals(START)
                    ? start(access, request, response, callback)
                    : end(access, request, response, callback);
        } catch (Failed failed) {
            if (failed.status == 503) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, BUSY_SECONDS);
            }
            return UiReply.refuse(request, response, callback, failed.status, String.valueOf(failed.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return UiReply.refuse(request, response, callback, 503, "the page's server stops");
        }
    }

    private boolean start(UiAccess access, Request request, Response response, Callback callback) throws Failed {
        URI here = address.get();
        // The cookie is of one host, and the provider redirects to this one.
        if (!here.getRawAuthority().equalsIgnoreCase(request.getHeaders().get(HttpHeader.HOST))) {
            throw new Failed(
                    421,
                    "a sign-in begins at " + here + START
                            + ". If you are there, the proxy in front does not pass on the header Host");
        }
        URI page = begin("septet page 1\n" + CodeFlow.random(), null, Map.of(), access, request, response);
        return UiReply.redirect(response, callback, page.toString());
    }

    /** Why a person may not see and decide on feedback. */
    String reviewRefusal(UiUser user, UiUser.Person person) {
        return people.refusal(user.name(), person, "see and decide on feedback", KeyScope.UI_REVIEW.word());
    }

    /** Why a person may not steer. */
    String refusal(UiUser user, UiUser.Person person) {
        return people.refusal(user.name(), person, "steer trainings", KeyScope.UI_ACT.word());
    }

    /**
     * Shows a person what the person is about to answer, with the link that signs in for it.
     *
     * @param back the page to which the person returns
     */
    boolean ask(
            UiUser user,
            UiUser.Person person,
            Map<String, String> fields,
            String back,
            UiAccess access,
            Request request,
            Response response,
            Callback callback) {
        String role = PublicText.line(fields.getOrDefault("role", ""));
        String session = UiAccess.cookie(request);
        if (!user.answers(role, false)) {
            return UiReply.refuse(
                    request, response, callback, 403, people.refusal(user.name(), person, "answer as " + role, role));
        }
        if (session == null || UiReply.wantsJson(request)) {
            return UiReply.refuse(
                    request,
                    response,
                    callback,
                    409,
                    "a person answers in a browser, or with `septet approve` or `septet reject` and --sign-in");
        }
        try {
            UiActions.Prepared prepared = actions.prepare(user, fields);
            URI page = begin(
                    prepared.text(),
                    new BegunSignIns.Answer(prepared, session, back),
                    Map.of("prompt", "login", "login_hint", user.name()),
                    access,
                    request,
                    response);
            return UiReply.step(
                    response,
                    callback,
                    new UiStep(
                            prepared.approves() ? "Approve this model?" : "Reject this model?",
                            "A sign-in for this answer signs it. It is valid for nothing else.",
                            prepared.facts(),
                            page.toString(),
                            "Sign in with %s and %s".formatted(people.provider(), prepared.update()),
                            false));
        } catch (UiActions.Impossible | Failed problem) {
            sessions.tell(session, new UiPage.Notice(String.valueOf(problem.getMessage()), false));
            return UiReply.redirect(response, callback, back);
        }
    }

    private URI begin(
            String text,
            BegunSignIns.@Nullable Answer answer,
            Map<String, String> more,
            UiAccess access,
            Request request,
            Response response)
            throws Failed {
        Cached.Held<ProviderMetadata> known = provider.get();
        ProviderMetadata metadata = known.value();
        if (metadata == null) {
            String problem = known.problem();
            throw new Failed(
                    502,
                    "no sign-in now: "
                            + (problem == null ? people.provider() + " has not answered yet. Try again" : problem));
        }
        CodeFlow flow = new CodeFlow(people.identity(), metadata, URI.create(address.get() + END), text);
        access.bind(begun.begin(flow, answer), request, response);
        return flow.address(more);
    }

    private boolean end(UiAccess access, Request request, Response response, Callback callback)
            throws Failed, InterruptedException {
        Fields query = Request.extractQueryParameters(request);
        // A slow provider must not take all threads of the pages.
        if (!exchanges.tryAcquire()) {
            throw new Failed(
                    503, "too many people sign in now, or the identity provider is slow. Load this page again");
        }
        BegunSignIns.Begun sign;
        String token;
        IdTokens.Person person;
        try {
            BegunSignIns.Begun found = begun.end(query.getValue("state"), UiAccess.browser(request));
            if (found == null) {
                throw new Failed(
                        400,
                        "this sign-in did not begin in this browser, has ended, or began more than 10 minutes ago. Begin again");
            }
            sign = found;
            access.unbind(request, response);
            token = sign.flow().token(code(query));
            if (!IdTokens.isToken(token)) {
                throw new Failed(502, "the sign-in failed: the identity provider's token is too long, or is none");
            }
            person = tokens.check(token, sign.flow().text());
        } catch (IdTokens.Refused e) {
            LOG.warn("a sign-in is refused: {}", e.getMessage());
            throw new Failed(403, "the sign-in is refused: " + e.getMessage());
        } catch (IOException e) {
            LOG.warn("a sign-in failed: {}", e.getMessage());
            throw new Failed(502, "the sign-in failed: " + e.getMessage());
        } finally {
            exchanges.release();
        }
        try {
            UiUser user = people.user(person);
            BegunSignIns.Answer answer = sign.answer();
            return answer == null
                    ? enter(user, access, request, response, callback)
                    : send(answer, user, token, response, callback);
        } catch (StageProblem unseen) {
            throw new Failed(403, "the sign-in is refused: " + unseen.getMessage());
        }
    }

    /** The code of a redirect. */
    private String code(Fields query) throws Failed {
        String issuer = query.getValue("iss");
        if (issuer != null && !issuer.equals(people.identity().issuer().toString())) {
            throw new Failed(400, "another identity provider answered than the one where this sign-in began");
        }
        String error = query.getValue("error");
        if (error != null) {
            String shown = ProviderMetadata.shown(error);
            LOG.warn("the identity provider answers a sign-in with {}", shown);
            throw new Failed(
                    error.equals("access_denied") ? 403 : 502, "the identity provider refuses the sign-in: " + shown);
        }
        String code = query.getValue("code");
        if (code == null || code.isEmpty()) {
            throw new Failed(400, "this answer of the identity provider has no code");
        }
        return code;
    }

    /** Begins the session of a person. */
    private boolean enter(UiUser user, UiAccess access, Request request, Response response, Callback callback)
            throws Failed {
        UiUser.Person person = Objects.requireNonNull(user.person());
        if (person.roles().isEmpty()) {
            throw new Failed(403, people.refusal(user.name(), person, "see these pages", KeyScope.UI_READ.word()));
        }
        access.enter(sessions.begin(user), request, response);
        LOG.info("{} signed in", user.name());
        // Not a redirect: the session's cookie is for this site only, and a redirect would count as a visit from the
        // provider.
        return UiReply.step(
                response,
                callback,
                new UiStep("Signed in", "You are " + user.name() + ".", Map.of(), "/", "To the pipelines", true));
    }

    /** Sends an answer whose person signed in for it. */
    private boolean send(BegunSignIns.Answer answer, UiUser user, String token, Response response, Callback callback)
            throws Failed {
        UiUser now = sessions.user(answer.session());
        if (now == null) {
            throw new Failed(403, "nothing was sent: your session has ended. Sign in, and answer again");
        }
        if (!user.name().equals(now.name())) {
            throw new Failed(
                    403,
                    "nothing was sent: %s signed in for an answer of %s. Sign out at %s, and answer again"
                            .formatted(user.name(), now.name(), people.provider()));
        }
        UiPage.Notice notice = actions.send(now, answer.prepared(), token);
        changed.run();
        sessions.tell(answer.session(), notice);
        return UiReply.step(
                response,
                callback,
                new UiStep(
                        notice.good() ? "Answered" : "Not answered",
                        notice.text(),
                        Map.of(),
                        answer.back(),
                        "Go back",
                        true));
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
