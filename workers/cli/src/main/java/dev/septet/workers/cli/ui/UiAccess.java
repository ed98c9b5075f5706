package dev.septet.workers.cli.ui;

import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.loopback.LoopbackAccess;
import dev.septet.workers.serve.http.ClientAddress;
import dev.septet.workers.serve.http.RateLimit;
import dev.septet.workers.serve.keys.ApiKey;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Checks access to the pages: the host name (DNS rebinding), the origin (pages of other sites), and a key, which a program sends
 * in a header and a browser once, for a cookie. Wrong keys of an address are limited; valid keys never wait.
 */
final class UiAccess extends Handler.Wrapper {
    /** The browser runs only the page's own files, connects only to this server, and shows the page in no frame. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    static final String SIGN_IN = "/sign-in";

    private static final String PAGE = "page";
    private static final String BROWSER = "sign-in";
    private static final String USER = UiUser.class.getName();
    private static final String BEARER = "Bearer ";
    private static final int WRONG_A_MINUTE = 20;
    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    private final UiSessions sessions;
    private final boolean loopback;
    private final boolean secure;
    private final @Nullable URI address;
    private final @Nullable UiSignIn people;
    private final RateLimit wrong = new RateLimit(WRONG_A_MINUTE, System::nanoTime);
    private final ClientAddress addresses = new ClientAddress(Set.of());

    /**
     * @param loopback whether only this machine can connect
     * @param secure whether the server itself uses TLS
     * @param address the address by which browsers reach a proxy in front; null = there is none
     * @param people where people sign in; null = nowhere
     */
    UiAccess(
            Handler next,
            UiSessions sessions,
            boolean loopback,
            boolean secure,
            @Nullable URI address,
            @Nullable UiSignIn people) {
        super(next);
        this.sessions = sessions;
        this.loopback = loopback;
        this.secure = secure;
        this.address = address;
        this.people = people;
    }

    /** The user of an admitted request. */
    static UiUser user(Request request) {
        return (UiUser) Objects.requireNonNull(request.getAttribute(USER));
    }

    /** The session's cookie; null when the browser sent none. */
    static @Nullable String cookie(Request request) {
        return cookie(request, PAGE);
    }

    /** The cookie of the sign-in that began in this browser; null when the browser sent none. */
    static @Nullable String browser(Request request) {
        return cookie(request, BROWSER);
    }

    private static @Nullable String cookie(Request request, String kind) {
        String name = cookieName(request, kind);
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The cookie's name has the port, because browsers keep cookies by host and not by port. */
    private static String cookieName(Request request, String kind) {
        return String.format(Locale.ROOT, "septet-%s-%d", kind, Request.getLocalPort(request));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("Content-Security-Policy", POLICY);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("X-Frame-Options", "DENY");
        response.getHeaders().put("Cross-Origin-Opener-Policy", "same-origin");
        response.getHeaders().put("Cross-Origin-Resource-Policy", "same-origin");
        // With no-referrer, the origin of a form's request would be null.
        response.getHeaders().put("Referrer-Policy", "same-origin");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        try {
            Request.extractQueryParameters(request);
        } catch (RuntimeException damaged) {
            // Without the exception, which may quote a secret of the address.
            return UiReply.damaged(response, callback);
        }
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host == null || (loopback && !LoopbackAccess.isHost(host) && !isPublic(host))) {
            return UiReply.refuse(
                    request, response, callback, 421, "this server is reached as localhost or 127.0.0.1 only");
        }
        if (foreign(request, host)) {
            return UiReply.refuse(request, response, callback, 403, "pages of other sites may not use this server");
        }
        String path = Request.getPathInContext(request);
        if (UiReply.isFile(path)
                || (path.equals(SIGN_IN) && HttpMethod.POST.is(request.getMethod()))
                || (people != null && UiSignIn.isPath(path))) {
            return super.handle(request, response, callback);
        }
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header != null) {
            boolean bearer = header.regionMatches(true, 0, BEARER, 0, BEARER.length());
            ApiKey key = bearer ? sessions.key(header.substring(BEARER.length())) : null;
            if (key == null) {
                return refuseKey(request, response, callback);
            }
            request.setAttribute(USER, UiSessions.user(key, ""));
            return super.handle(request, response, callback);
        }
        UiUser user = sessions.user(cookie(request));
        if (user == null) {
            return UiReply.signIn(request, response, callback, gate(""));
        }
        request.setAttribute(USER, user);
        return super.handle(request, response, callback);
    }

    /** Signs a browser in, or says that the key is wrong. */
    boolean signIn(@Nullable String text, Request request, Response response, Callback callback) {
        ApiKey key = sessions.key(text);
        if (key == null) {
            return refuseKey(request, response, callback);
        }
        enter(sessions.begin(key), request, response);
        return UiReply.redirect(response, callback, "/");
    }

    /** Gives a browser the cookie of its session. */
    void enter(String cookie, Request request, Response response) {
        Response.addCookie(
                response,
                cookie(request, PAGE, cookie, "/", HttpCookie.SameSite.STRICT).build());
    }

    /** Gives a browser the cookie of a sign-in that begins. It must arrive with the provider's redirect, so it is not strict. */
    void bind(String cookie, Request request, Response response) {
        Response.addCookie(
                response,
                cookie(request, BROWSER, cookie, UiSignIn.END, HttpCookie.SameSite.LAX)
                        .maxAge(BegunSignIns.PATIENCE.toSeconds())
                        .build());
    }

    /** Removes the cookie of a sign-in that is over. */
    void unbind(Request request, Response response) {
        Response.addCookie(
                response,
                cookie(request, BROWSER, "", UiSignIn.END, HttpCookie.SameSite.LAX)
                        .maxAge(0)
                        .build());
    }

    private HttpCookie.Builder cookie(
            Request request, String kind, String value, String path, HttpCookie.SameSite site) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        boolean proxied = address != null && "https".equals(address.getScheme()) && isPublic(host);
        return HttpCookie.build(cookieName(request, kind), value)
                .path(path)
                .httpOnly(true)
                .secure(secure || proxied)
                .sameSite(site);
    }

    private boolean isPublic(@Nullable String host) {
        return address != null && address.getRawAuthority().equalsIgnoreCase(host);
    }

    private UiGate gate(String problem) {
        return new UiGate(401, problem, sessions.keyed(), people == null ? null : people.gate());
    }

    private boolean refuseKey(Request request, Response response, Callback callback) {
        int seconds = wrong.seconds(addresses.of(request));
        if (seconds > 0) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
            return UiReply.refuse(
                    request,
                    response,
                    callback,
                    429,
                    String.format(
                            Locale.ROOT, "too many wrong keys from this address; try again in %d seconds", seconds));
        }
        return UiReply.signIn(
                request, response, callback, gate("This key is unknown, has expired, or lacks the scope ui-read."));
    }

    /** Whether a page of another site sent the request. A visit by a link is allowed. */
    private static boolean foreign(Request request, String host) {
        boolean safe = SAFE.contains(request.getMethod());
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            return true;
        }
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site == null || site.equals("same-origin") || site.equals("none")) {
            // Every browser sends the origin of a request that changes something.
            return !safe && origin == null && request.getHeaders().get(HttpHeader.AUTHORIZATION) == null;
        }
        return !safe || !"navigate".equals(request.getHeaders().get("Sec-Fetch-Mode"));
    }
}
