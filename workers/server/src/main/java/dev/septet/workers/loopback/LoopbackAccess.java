package dev.septet.workers.loopback;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Checks access to a server on the loopback address, which every program and every web page of this machine can reach: the
 * host name, so that no other site's name can resolve to this server; and what the server itself requires, which is at least
 * a token. Nothing of an answer is cached, and no browser guesses its type.
 */
public abstract class LoopbackAccess extends Handler.Wrapper {
    private static final String BEARER = "Bearer ";
    private static final int TOKEN_BYTES = 24;

    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final byte[] token;

    /**
     * @param token token of this start
     */
    protected LoopbackAccess(Handler next, String token) {
        super(next);
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether a request names this machine. Other sites' names can resolve to this machine too, but a browser sends the name.
     *
     * @param host the request's header {@code Host}
     */
    public static boolean isHost(@Nullable String host) {
        return host != null && NAMES.contains(host.replaceFirst(":[0-9]{1,5}$", ""));
    }

    /** A token that nobody can guess: 48 hexadecimal digits. */
    public static String newToken() {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    @Override
    public final boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        addHeaders(response);
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host == null || !isHost(host)) {
            refuse(response, callback, 421, wrongHost());
            return true;
        }
        return !admits(host, request, response, callback) || super.handle(request, response, callback);
    }

    /** Adds headers that every answer has. */
    protected void addHeaders(Response response) {}

    /** The message for a request with another host name. */
    protected abstract String wrongHost();

    /**
     * Whether the server answers a request; otherwise, this method has sent the answer.
     *
     * @param host the request's host name and port
     */
    protected abstract boolean admits(String host, Request request, Response response, Callback callback);

    /** Sends a refusal. */
    protected abstract void refuse(Response response, Callback callback, int status, String reason);

    /** Whether the request's header has the token. */
    protected final boolean bearsToken(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return header != null
                && header.startsWith(BEARER)
                && isToken(header.substring(BEARER.length()).strip());
    }

    /** Whether this is the token; takes the same time for every text of its length. */
    protected final boolean isToken(@Nullable String given) {
        return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }
}
