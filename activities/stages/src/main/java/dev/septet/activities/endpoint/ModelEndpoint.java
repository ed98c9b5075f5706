package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A service with OpenAI's API, or Amazon Bedrock, as the operator of the workers declares it.
 *
 * @param name how pipeline files name it
 * @param url base address of the API, such as {@code https://api.openai.com/v1}; it may have a query that each request
 *     repeats, such as {@code ?api-version=2024-10-21}
 * @param key name of the worker's environment variable that holds the API key; null = the service needs none
 * @param models base models that pipeline files may name
 * @param prices price of a million trained tokens, by base model
 * @param currency of the prices
 * @param fileExpiry when the service deletes an uploaded file that Septet could not delete; null = never
 * @param logprobs whether {@code /completions} takes token ids, and returns their log-probabilities with {@code echo}
 * @param region of Amazon Bedrock, whose requests are signed; null = a service with OpenAI's API
 * @param adapters folders whose adapters a vLLM server loads: the path on Septet's host, and the path that the server
 *     sees; empty = it loads none
 */
public record ModelEndpoint(
        String name,
        URI url,
        @Nullable String key,
        List<String> models,
        Map<String, Double> prices,
        String currency,
        @Nullable Duration fileExpiry,
        boolean logprobs,
        @Nullable String region,
        Map<String, String> adapters) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    private static final Duration SHORTEST_EXPIRY = Duration.ofHours(1);
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(30);
    static final String CURRENCY = "[A-Z]{3}";

    public ModelEndpoint {
        models = List.copyOf(models);
        prices = new TreeMap<>(prices);
        adapters = new TreeMap<>(adapters);
    }

    /** A service with OpenAI's API. */
    public ModelEndpoint(
            String name,
            URI url,
            @Nullable String key,
            List<String> models,
            Map<String, Double> prices,
            String currency,
            @Nullable Duration fileExpiry,
            boolean logprobs) {
        this(name, url, key, models, prices, currency, fileExpiry, logprobs, null, Map.of());
    }

    /** Reads one endpoint of the section {@code endpoints:}. */
    static ModelEndpoint of(OperatorFile file, String name, JsonNode json) {
        String at = "endpoints: " + name;
        file.object(
                json,
                at,
                "url",
                "key",
                "models",
                "prices",
                "answerPrices",
                "currency",
                "fileExpiry",
                "logprobs",
                "adapters");
        var unused = AnswerPrice.of(file, at, json.path("answerPrices"), "");
        String key = file.text(json, at, "key");
        if (key != null && !VARIABLE.matcher(key).matches()) {
            throw file.wrong(
                    at,
                    "key",
                    "the name of an environment variable that holds the API key, such as OPENAI_API_KEY, not the key");
        }
        List<String> models = file.texts(json, at, "models", List.of());
        if (models.isEmpty() || !models.stream().allMatch(one -> one.matches(OpenAiSpec.MODEL_PATTERN))) {
            throw file.wrong(at, "models", "a list of base models such as [gpt-4o-mini-2024-07-18]");
        }
        String currency = file.text(json, at, "currency");
        if (currency != null && !currency.matches(CURRENCY)) {
            throw file.wrong(at, "currency", "a code of three letters such as USD");
        }
        return new ModelEndpoint(
                name,
                file.address(at, "url", file.text(json, at, "url"), "https://api.openai.com/v1"),
                key,
                models,
                prices(file, json.path("prices"), at, models),
                currency == null ? "USD" : currency,
                expiry(file, json, at),
                logprobs(file, json.path("logprobs"), at),
                null,
                adapters(file, json.path("adapters"), at));
    }

    private static Map<String, String> adapters(OperatorFile file, JsonNode json, String at) {
        Map<String, String> adapters = new TreeMap<>();
        file.object(json, at + ": adapters").properties().forEach(one -> {
            String seen = one.getValue().asText();
            if (!absolute(one.getKey()) || !one.getValue().isTextual() || !absolute(seen)) {
                throw file.wrong(
                        at + ": adapters",
                        one.getKey(),
                        "two absolute paths: the folder here, and the same folder as the server sees it, such as"
                                + " /srv/septet: /models");
            }
            adapters.put(one.getKey(), seen);
        });
        return adapters;
    }

    private static boolean absolute(String path) {
        return path.startsWith("/") && Path.of(path).normalize().toString().equals(path.replaceFirst("(?<=.)/$", ""));
    }

    /**
     * A path as the server sees it.
     *
     * @param path absolute, on Septet's host
     * @return null when the operator does not let the server load adapters from there
     */
    public @Nullable String seen(Path path) {
        String seen = null;
        int longest = -1;
        for (Map.Entry<String, String> folder : adapters.entrySet()) {
            Path here = Path.of(folder.getKey());
            if (path.startsWith(here) && here.getNameCount() > longest) {
                longest = here.getNameCount();
                seen = Path.of(folder.getValue()).resolve(here.relativize(path)).toString();
            }
        }
        return seen;
    }

    private static boolean logprobs(OperatorFile file, JsonNode json, String at) {
        if (!json.isMissingNode() && !json.isBoolean()) {
            throw file.wrong(at, "logprobs", "true or false");
        }
        return json.asBoolean(false);
    }

    private static @Nullable Duration expiry(OperatorFile file, JsonNode json, String at) {
        if (!json.has("fileExpiry")) {
            return null;
        }
        Duration expiry = file.time(json, at, "fileExpiry", LONGEST_EXPIRY);
        if (expiry.compareTo(SHORTEST_EXPIRY) < 0 || expiry.compareTo(LONGEST_EXPIRY) > 0) {
            throw file.wrong(at, "fileExpiry", "a time from 1h to 720h");
        }
        return expiry;
    }

    static Map<String, Double> prices(OperatorFile file, JsonNode json, String at, List<String> models) {
        Map<String, Double> prices = new TreeMap<>();
        file.object(json, at + ": prices").properties().forEach(one -> {
            String model = one.getKey();
            if (!models.contains(model)) {
                throw file.problem("%s: prices: %s: is not in `models:`; it has %s"
                        .formatted(at, model, String.join(", ", models)));
            }
            if (!one.getValue().isNumber()
                    || !(one.getValue().asDouble() >= 0)
                    || Double.isInfinite(one.getValue().asDouble())) {
                throw file.wrong(at + ": prices", model, "the price of a million trained tokens, such as 3.00");
            }
            prices.put(model, one.getValue().asDouble());
        });
        return prices;
    }

    /**
     * Address of a request.
     *
     * @param path below the base address, such as {@code fine_tuning/jobs?limit=100}
     */
    URI resolve(String path) {
        String base = url.getScheme() + "://" + url.getRawAuthority()
                + url.getRawPath().replaceFirst("/+$", "");
        String query = url.getRawQuery();
        String all = base + "/" + path;
        return URI.create(query == null ? all : all + (path.contains("?") ? "&" : "?") + query);
    }

    /** The base address without its query: which service it is, for keys. */
    public String address() {
        return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    }

    /** Whether the service takes the key in Azure's header. */
    boolean isAzure() {
        return url.getHost().endsWith(".azure.com");
    }

    /**
     * What a training costs.
     *
     * @param model base model
     * @return null when the operator declares no price
     */
    public @Nullable Double cost(String model, long trainedTokens) {
        Double price = prices.get(model);
        return price == null ? null : (Double) (price * trainedTokens / 1e6);
    }
}
