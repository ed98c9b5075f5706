package dev.septet.workers.gateway;

import dev.septet.workers.serve.reply.Replies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.UrlEncoded;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy of the Temporal Web UI with a sign-in. A browser sends the access token once and gets a
 * cookie. Requests for another host name (DNS rebinding) and from other sites' pages are refused.
 */
final class UiGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UiGateway.class);
    private static final String HOST = "127.0.0.1";
    private static final String SIGN_IN = "/septet-sign-in";
    private static final String TOKEN = "token";
    private static final Duration STAY = Duration.ofDays(30);
    private static final int FORM_BYTES = 4096;
    private static final int RECEIVE_SECONDS = 10;
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final Server server;
    private final ServerConnector connector;

    private UiGateway(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts it.
     *
     * @param tokenFile path that the sign-in page shows
     * @throws IOException when the port is taken
     */
    static UiGateway start(int port, AccessToken token, String tokenFile, GatewayBackend backend) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(16, 1);
        threads.setName("ui-gateway");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(port);
        server.addConnector(connector);
        SignInHandler signIn = new SignInHandler(token, tokenFile, connector);
        signIn.setHandler(new Forwarding(backend));
        server.setHandler(signIn);
        try {
            server.start();
        } catch (IOException e) {
            stop(server);
            throw e;
        } catch (Exception e) {
            stop(server);
            throw new IOException("the Web UI's gateway does not start: " + e.getMessage(), e);
        }
        return new UiGateway(server, connector);
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        stop(server);
    }

    private static void stop(Server server) {
        try {
            server.setStopTimeout(0);
            server.stop();
        } catch (Exception e) {
            LOG.warn("the Web UI's gateway did not stop cleanly", e);
        }
    }

    /** The cookie's name has the port, because browsers keep cookies per host, not per port. */
    static String cookie(int port) {
        return "septet-ui-" + port;
    }

    /**
     * The cookie's value. It is derived from the token and the port, and is valid only for this Web
     * UI.
     */
    static String session(AccessToken token, int port) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(cookie(port).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static final class Forwarding extends ProxyHandler.Reverse {
        private final GatewayBackend backend;

        Forwarding(GatewayBackend backend) {
            super(request -> HttpURI.build(request.getHttpURI())
                    .scheme("http")
                    .host(HOST)
                    .port(backend.port())
                    .asImmutable());
            this.backend = backend;
        }

        @Override
        protected org.eclipse.jetty.client.Request newProxyToServerRequest(Request request, HttpURI uri) {
            org.eclipse.jetty.client.Request forwarded = super.newProxyToServerRequest(request, uri);
            if (backend.socket() != null) {
                forwarded.transport(new Transport.TCPUnix(backend.socket()));
            }
            return forwarded;
        }

        @Override
        protected void configureHttpClient(HttpClient client) {
            super.configureHttpClient(client);
            client.setMaxConnectionsPerDestination(32);
        }
    }

    /** Forwards only requests of a signed-in browser. */
    private static final class SignInHandler extends Handler.Wrapper {
        private final AccessToken token;
        private final String tokenFile;
        private final ServerConnector connector;

        SignInHandler(AccessToken token, String tokenFile, ServerConnector connector) {
            this.token = token;
            this.tokenFile = tokenFile;
            this.connector = connector;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String refusal = foreign(request);
            if (refusal != null) {
                return answer(response, callback, HttpStatus.FORBIDDEN_403, refusal);
            }
            if (Request.getPathInContext(request).equals(SIGN_IN)) {
                return signIn(request, response, callback);
            }
            if (signedIn(request)) {
                return super.handle(request, response, callback);
            }
            boolean page =
                    HttpMethod.GET.is(request.getMethod()) && accepts(request).contains("text/html");
            return answer(
                    response,
                    callback,
                    HttpStatus.UNAUTHORIZED_401,
                    page ? form(request.getHttpURI().getPathQuery(), "") : "sign in first");
        }

        /** Why a request of this origin is refused; null = it is not. */
        private @Nullable String foreign(Request request) {
            int port = connector.getLocalPort();
            String host = header(request, HttpHeader.HOST);
            if (!host.equals(HOST + ":" + port) && !host.equals("localhost:" + port)) {
                return String.format(
                        Locale.ROOT, "this server is reached as 127.0.0.1:%d and localhost:%d only", port, port);
            }
            String origin = header(request, HttpHeader.ORIGIN);
            if (!origin.isEmpty() && !origin.equals("http://" + host)) {
                return "requests from other sites' pages are refused";
            }
            String site = header(request, "Sec-Fetch-Site").toLowerCase(Locale.ROOT);
            boolean others = site.equals("cross-site") || site.equals("same-site");
            boolean visit = SAFE.contains(request.getMethod())
                    && header(request, "Sec-Fetch-Mode").equals("navigate");
            return others && !visit ? "requests from other sites' pages are refused" : null;
        }

        private boolean signedIn(Request request) {
            String name = cookie(connector.getLocalPort());
            AccessToken session = new AccessToken(session(token, connector.getLocalPort()));
            return Request.getCookies(request).stream()
                    .filter(cookie -> cookie.getName().equals(name))
                    .anyMatch(cookie -> session.matches(cookie.getValue()));
        }

        private boolean signIn(Request request, Response response, Callback callback) {
            if (!HttpMethod.POST.is(request.getMethod())) {
                return signIn(Request.extractQueryParameters(request), response, callback);
            }
            CompletableFuture<byte[]> body = new CompletableFuture<>();
            Content.Source.asByteArrayAsync(request, FORM_BYTES, Promise.Invocable.toPromise(body));
            var unused = body.orTimeout(RECEIVE_SECONDS, TimeUnit.SECONDS)
                    .whenCompleteAsync(
                            (form, problem) -> received(form, response, callback),
                            request.getComponents().getExecutor());
            return true;
        }

        private void received(byte @Nullable [] form, Response response, Callback callback) {
            if (form == null) {
                answer(response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, "too long, or too slow");
                return;
            }
            Fields fields = new Fields();
            UrlEncoded.decodeTo(new String(form, StandardCharsets.UTF_8), fields::add, StandardCharsets.UTF_8);
            signIn(fields, response, callback);
        }

        private boolean signIn(Fields fields, Response response, Callback callback) {
            String next = local(fields.getValue("next"));
            String candidate = fields.getValue(TOKEN);
            if (!token.matches(candidate == null ? null : candidate.strip())) {
                return answer(
                        response,
                        callback,
                        HttpStatus.UNAUTHORIZED_401,
                        form(next, candidate == null ? "" : "This is not the token."));
            }
            int port = connector.getLocalPort();
            Response.addCookie(
                    response,
                    HttpCookie.build(cookie(port), session(token, port))
                            .path("/")
                            .httpOnly(true)
                            .sameSite(HttpCookie.SameSite.STRICT)
                            .maxAge(STAY.toSeconds())
                            .build());
            // This page redirects by itself: a browser does not send a strict cookie on an HTTP
            // redirect that another page or program began.
            return answer(
                    response,
                    callback,
                    HttpStatus.OK_200,
                    "<meta http-equiv=\"refresh\" content=\"0; url=%s\"><p><a href=\"%s\">Continue to the Web UI</a></p>"
                            .formatted(escape(next), escape(next)));
        }

        private String form(String next, String problem) {
            return """
                <h1>Temporal Web UI</h1>
                <p>%s</p>
                <p>This server belongs to a Septet state folder. Paste the token of
                <code>%s</code>, or open the link that <code>septet dev</code> prints.</p>
                <form method="post" action="%s">
                <input type="hidden" name="next" value="%s">
                <label>Token <input type="password" name="token" size="64" autofocus></label>
                <button>Sign in</button></form>\
                """.formatted(escape(problem), escape(tokenFile), SIGN_IN, escape(local(next)));
        }

        private static String local(@Nullable String next) {
            boolean path = next != null
                    && next.startsWith("/")
                    && !next.startsWith("//")
                    && !next.startsWith(SIGN_IN)
                    && next.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\');
            return next != null && path ? next : "/";
        }

        private static boolean answer(Response response, Callback callback, int status, String content) {
            response.getHeaders()
                    .put(new HttpField(
                            "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; form-action"
                                    + " 'self'; frame-ancestors 'none'"));
            // With no-referrer, the form's own request would have the origin null.
            response.getHeaders().put("Referrer-Policy", "same-origin");
            Replies.send(response, callback, status, "text/html; charset=utf-8", """
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Septet</title>
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <style>body{font:16px/1.5 sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}\
                input{font:inherit;max-width:100%%}code{overflow-wrap:anywhere}</style></head>
                <body>%s</body></html>
                """.formatted(content));
            return true;
        }

        private static String accepts(Request request) {
            return header(request, HttpHeader.ACCEPT);
        }

        private static String header(Request request, HttpHeader name) {
            return header(request, name.asString());
        }

        private static String header(Request request, String name) {
            String value = request.getHeaders().get(name);
            return value == null ? "" : value;
        }

        private static String escape(String text) {
            return text.replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;")
                    .replace("\"", "&quot;");
        }
    }
}
