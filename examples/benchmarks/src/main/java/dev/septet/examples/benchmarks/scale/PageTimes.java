package dev.septet.examples.benchmarks.scale;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The time of each page of {@code septet ui} from the request to the last byte. Requests come one after the other with a pause,
 * so that most find facts that are old and are read again.
 */
final class PageTimes {
    private static final long PAUSE_MILLIS = 250;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;
    private final String token;
    private final Map<String, double[]> millis = new TreeMap<>();
    private final Map<String, Integer> bytes = new TreeMap<>();

    /**
     * @param link the address that {@code septet dev} prints, with the token behind {@code #}
     */
    PageTimes(String link) {
        this.address = URI.create(link);
        this.token = address.getFragment();
    }

    void measure(String name, String path, int requests) throws IOException, InterruptedException {
        double[] times = new double[requests];
        for (int request = 0; request < requests; request++) {
            Thread.sleep(PAUSE_MILLIS);
            String at = path.replace("NUMBER", Integer.toString(request + 1));
            long began = System.nanoTime();
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(address.resolve(at))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            times[request] = (System.nanoTime() - began) / 1e6;
            if (response.statusCode() != 200) {
                throw new IOException(at + " answers with the status " + response.statusCode());
            }
            bytes.put(name, response.body().length());
        }
        millis.put(name, times);
    }

    /** Prints a table: the first request, then the others. */
    void print() {
        System.out.println("\n| page, ms | first | min | median | p95 | max | characters |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        millis.forEach((name, times) -> {
            double[] later = Arrays.copyOfRange(times, 1, times.length);
            Arrays.sort(later);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %,d |%n",
                    name,
                    times[0],
                    later[0],
                    later[later.length / 2],
                    later[(int) (later.length * 0.95)],
                    later[later.length - 1],
                    bytes.get(name));
        });
    }
}
