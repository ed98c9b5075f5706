package dev.septet.workers.serve.http;

import dev.septet.workers.loopback.LoopbackAccess;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.Caller;
import dev.septet.workers.serve.keys.KeyScope;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;
import java.time.Clock;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Checks the API key, the origin and the rate limit of each request. Pages of other sites are
 * refused even in the browser of an authorized user. This covers cross-origin requests and host
 * names of other sites that resolve to this machine (DNS rebinding).
 */
final class AccessFilter extends Handler.Wrapper {
    /** Most requests with a wrong key per address and minute; further ones get status 429. */
    private static final int WRONG_A_MINUTE = 20;

    private static final String CALLER = Caller.class.getName();
    private static final String BEARER = "bearer ";

    private final KeyRing keys;
    private final boolean loopback;
    private final RateLimit rate;
    private final RateLimit wrong;
    private final ClientAddress addresses;
    private final Clock clock;

    /**
     * @param perMinute requests per minute of one key, or of one address where no keys are required
     */
    AccessFilter(Handler next, AccessRules access, int perMinute, Clock clock) {
        super(next);
        this.keys = access.keys();
        this.loopback = access.loopback();
        this.rate = new RateLimit(perMinute, System::nanoTime);
        this.wrong = new RateLimit(WRONG_A_MINUTE, System::nanoTime);
        this.addresses = new ClientAddress(access.proxies());
        this.clock = clock;
    }

    /** The caller of an accepted request. */
    static Caller caller(Request request) {
        return request.getAttribute(CALLER) instanceof Caller caller ? caller : Caller.ANYBODY;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        try {
            requireOwnPages(request);
            Caller caller = caller(request, response);
            request.setAttribute(CALLER, caller);
            if (request.getMethod().equals("POST")) {
                String who = caller.keyName() == null ? addresses.of(request) : caller.tenant();
                requireSeldom(rate.seconds(who), response, "too many requests a minute");
            }
        } catch (ApiProblem refusal) {
            Replies.problem(response, callback, refusal);
            return true;
        }
        return super.handle(request, response, callback);
    }

    private void requireOwnPages(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (loopback && !LoopbackAccess.isHost(host)) {
            throw ApiProblem.refused(421, null, "wrong_host", "this server is reached as localhost or 127.0.0.1 only");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if ((origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host))
                || (api(request) && "cross-site".equals(site))) {
            throw ApiProblem.refused(403, null, "cross_origin", "pages of other sites may not use this server");
        }
    }

    private Caller caller(Request request, Response response) {
        ApiKeys known = keys.keys();
        if (!api(request) || !known.needed()) {
            return Caller.ANYBODY;
        }
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw ApiProblem.refused(
                    401, null, "missing_api_key", "an API key is needed: send the header Authorization: Bearer KEY");
        }
        // Only wrong keys are counted and valid keys never wait, so that a client cannot lock out
        // others of its address.
        ApiKey key = known.find(authorization.substring(BEARER.length()).strip());
        if (key == null) {
            requireSeldom(wrong.seconds(addresses.of(request)), response, "too many wrong keys from this address");
            throw ApiProblem.refused(401, null, "invalid_api_key", "the API key is not known to this server");
        }
        if (key.expired(clock.instant())) {
            throw ApiProblem.refused(
                    401,
                    null,
                    "expired_api_key",
                    "the API key '%s' expired at %s".formatted(key.name(), key.expires()));
        }
        KeyScope scope = KeyScope.of(request.getHttpURI().getPath());
        if (!key.scopes().contains(scope)) {
            throw ApiProblem.refused(
                    403,
                    null,
                    "missing_scope",
                    "the API key '%s' lacks the scope '%s'".formatted(key.name(), scope.word()));
        }
        return new Caller(key);
    }

    private static void requireSeldom(int seconds, Response response, String what) {
        if (seconds > 0) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
            throw ApiProblem.tooOften(String.format(Locale.ROOT, "%s; try again in %d seconds", what, seconds));
        }
    }

    private static boolean api(Request request) {
        return request.getHttpURI().getPath().startsWith("/v1/");
    }
}
