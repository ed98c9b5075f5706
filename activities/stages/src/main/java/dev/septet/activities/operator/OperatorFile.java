package dev.septet.activities.operator;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * The YAML file that {@code SEPTET_TRAINERS} names, and the values in it. What it does not know, it refuses by name.
 *
 * @param path the file
 */
public record OperatorFile(Path path) {
    private static final long MOST_BYTES = 1 << 20;
    private static final String[] SECTIONS = {
        "trainers",
        "kubernetes",
        "sagemaker",
        "bedrock",
        "endpoints",
        "buckets",
        "databases",
        "identity",
        "teams",
        "trackers"
    };
    private static final String LOOPBACK = "localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1]";
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");

    /** The file that the environment names; null = none. */
    public static @Nullable Path named(Map<String, String> environment) {
        String file = Setting.TRAINERS.value(environment);
        return file == null || file.isBlank() ? null : Path.of(file.strip());
    }

    /**
     * Reads the file: an object with known sections.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public JsonNode root() {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw problem("is larger than 1 MB; it only declares what pipeline files may use");
            }
            LoaderOptions limits = new LoaderOptions();
            limits.setMaxAliasesForCollections(10);
            limits.setNestingDepthLimit(10);
            limits.setAllowDuplicateKeys(false);
            JsonMapper yaml = JsonMapper.builder(
                            YAMLFactory.builder().loaderOptions(limits).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
            return object(yaml.readTree(Files.readAllBytes(path)), "the file", SECTIONS);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String message = e.getOriginalMessage();
            throw problem("%sis not valid YAML: %s"
                    .formatted(
                            at == null ? "" : String.format(Locale.ROOT, "line %d: ", at.getLineNr()),
                            message.lines().findFirst().orElse("")));
        } catch (IOException e) {
            throw problem("cannot be read: " + e.getMessage());
        }
    }

    /** The node, which must be an object with no other names than these; without names, all are allowed. */
    public JsonNode object(JsonNode json, String at, String... names) {
        if (json.isMissingNode() && names.length == 0) {
            return json;
        }
        if (!json.isObject()) {
            throw problem("%s: expected names with values, such as `command: [...]`".formatted(at));
        }
        Set<String> known = Set.of(names);
        for (Iterator<String> given = json.fieldNames(); given.hasNext(); ) {
            String name = given.next();
            if (names.length > 0 && !known.contains(name)) {
                throw problem("%s: has no `%s`; it has %s".formatted(at, name, String.join(", ", names)));
            }
        }
        return json;
    }

    /** A text; null = the name is not there. */
    public @Nullable String text(JsonNode json, String at, String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw wrong(at, name, "text");
        }
        return value.isMissingNode() ? null : value.asText();
    }

    /** A list of texts. */
    public List<String> texts(JsonNode json, String at, String name, List<String> standard) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return standard;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode one : value) {
            if (!one.isTextual()) {
                throw wrong(at, name, "a list of texts");
            }
            texts.add(one.asText());
        }
        if (!value.isArray()) {
            throw wrong(at, name, "a list of texts");
        }
        return texts;
    }

    /** A number; null = the name is not there. */
    public @Nullable Double number(JsonNode json, String at, String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isNumber()) {
            throw wrong(at, name, "a number");
        }
        return value.isMissingNode() ? null : (Double) value.asDouble();
    }

    /** A time such as {@code 30s}, {@code 5m} or {@code 1h}. */
    public Duration time(JsonNode json, String at, String name, Duration standard) {
        String text = text(json, at, name);
        if (text == null) {
            return standard;
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw wrong(at, name, "a time such as 30s, 5m or 1h");
        }
        long count = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    /**
     * An address that begins with {@code https://}: requests hold keys and rows, so they must not travel in plain text.
     * {@code http://} is for this machine only.
     *
     * @param text what the file has
     * @param example such an address, for messages
     */
    public URI address(String at, String name, @Nullable String text, String example) {
        URI url;
        try {
            url = new URI(text == null ? "" : text);
        } catch (URISyntaxException notOne) {
            throw wrong(at, name, "an address such as " + example);
        }
        String host = url.getHost();
        if (host == null || url.getRawFragment() != null) {
            throw wrong(at, name, "an address such as " + example);
        } else if (url.getRawUserInfo() != null) {
            throw wrong(at, name, "an address without a user and a password; `key:` names the variable of the key");
        } else if (!keepsSecrets(url)) {
            throw wrong(at, name, "an address that begins with https://; http:// is for this machine only");
        }
        return url;
    }

    /** Whether what is sent to the address does not travel in plain text: {@code https://}, or {@code http://} on this machine. */
    public static boolean keepsSecrets(URI url) {
        String host = url.getHost();
        return host != null
                && ("https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && host.matches(LOOPBACK)));
    }

    /** A value that is not as expected. */
    public StageProblem wrong(String at, String name, String expected) {
        return problem("%s: %s: expected %s".formatted(at, name, expected));
    }

    /** What is wrong with the file. */
    public StageProblem problem(String what) {
        return new StageProblem(
                FailureType.POLICY_DENIED, "%s (%s): %s".formatted(path, Setting.TRAINERS.variable(), what));
    }
}
