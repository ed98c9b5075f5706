package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * Who may come in. Pages of other sites may not, even in the browser of someone who may: neither
 * across origins, nor by a name of theirs that leads to this machine.
 */
final class Front extends Handler.Wrapper {
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final ApiKeys keys;
    private final boolean loopback;
    private final RateLimit rate;

    /**
     * @param loopback whether only this machine can connect, so that only its names are right
     */
    Front(Handler next, ApiKeys keys, boolean loopback, RateLimit rate) {
        super(next);
        this.keys = keys;
        this.loopback = loopback;
        this.rate = rate;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        ApiProblem refusal = refusal(request);
        if (refusal == null && request.getMethod().equals("POST")) {
            int seconds = rate.seconds(caller(request));
            if (seconds > 0) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
                refusal =
                        ApiProblem.tooOften(
                                "too many requests a minute; try again in %d seconds"
                                        .formatted(seconds));
            }
        }
        if (refusal != null) {
            Replies.problem(response, callback, refusal);
            return true;
        }
        return super.handle(request, response, callback);
    }

    private @Nullable ApiProblem refusal(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (loopback && (host == null || !LOOPBACK.contains(name(host)))) {
            return ApiProblem.refused(
                    421,
                    null,
                    "wrong_host",
                    "this server is reached as localhost or 127.0.0.1 only");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean api = request.getHttpURI().getPath().startsWith("/v1/");
        if ((origin != null
                        && !origin.equals("http://" + host)
                        && !origin.equals("https://" + host))
                || (api && "cross-site".equals(site))) {
            return ApiProblem.refused(
                    403, null, "cross_origin", "pages of other sites may not use this server");
        }
        if (api && keys.needed()) {
            return keyProblem(request.getHeaders().get(HttpHeader.AUTHORIZATION));
        }
        return null;
    }

    /** Who asks, as far as that is known. */
    private String caller(Request request) {
        return keys.needed()
                ? String.valueOf(request.getHeaders().get(HttpHeader.AUTHORIZATION))
                : Request.getRemoteAddr(request);
    }

    private @Nullable ApiProblem keyProblem(@Nullable String authorization) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return ApiProblem.refused(
                    401,
                    null,
                    "missing_api_key",
                    "an API key is needed: send the header Authorization: Bearer KEY");
        }
        return keys.holds(authorization.substring(BEARER.length()).strip())
                ? null
                : ApiProblem.refused(401, null, "invalid_api_key", "the API key is not known here");
    }

    private static String name(String host) {
        int port = host.lastIndexOf(':');
        return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    }
}
