package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser of the pages: it keeps their cookies, and follows the provider's redirects. */
final class PageBrowser {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String address;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private String form = "";

    PageBrowser(UiStart.Running running) {
        this.address = running.server().address();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address + path)));
    }

    /** Sends a form of the page that was shown last. */
    HttpResponse<String> post(String path, String fields) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", address)
                .POST(HttpRequest.BodyPublishers.ofString("form=" + form + "&" + fields)));
    }

    /** Visits an address of the provider or of the page, and follows the provider's redirect. */
    HttpResponse<String> visit(String link) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(link)));
        return answer.statusCode() == 302 ? visit(location(answer)) : answer;
    }

    /** Signs in; the answer to the provider's redirect. */
    HttpResponse<String> signIn() throws IOException, InterruptedException {
        HttpResponse<String> entered = visit(redirect());
        get("/");
        return entered;
    }

    /** Begins a sign-in; the redirect with which the provider ends it. */
    String redirect() throws IOException, InterruptedException {
        HttpResponse<String> begun = get("/sign-in/provider");
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
        return location(send(HttpRequest.newBuilder(URI.create(location(begun)))));
    }

    static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElseThrow();
    }

    /** The answer to a path that {@link URI} does not take. */
    String raw(String path) throws IOException {
        URI server = URI.create(address);
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, server.getRawAuthority())
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        URI to = request.build().uri();
        if (to.toString().startsWith(address) && !cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.substring(0, cookie.indexOf(';')).split("=", 2);
            if (cookie.contains("Expires=Thu, 01 Jan 1970")) {
                cookies.remove(pair[0]);
            } else {
                cookies.put(pair[0], pair[1]);
            }
        }
        Matcher secret =
                Pattern.compile("name=\"form\" value=\"([0-9a-f]{48})\"").matcher(answer.body());
        if (secret.find()) {
            form = secret.group(1);
        }
        return answer;
    }
}
