package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FolderRoot;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads and checks the tokenizer files of a model folder before native code opens them. */
final class TokenizerFiles {
    private static final List<String> COMPANIONS = List.of("tokenizer_config.json", "special_tokens_map.json");

    /** Four times the size of the largest vocabularies. */
    private static final long MAX_BYTES = 128L << 20;

    private static final long MAX_COMPANION_BYTES = 16L << 20;

    /** The largest vocabularies have a quarter of a million tokens. */
    private static final int MAX_ID = (1 << 24) - 1;

    private static final Pattern MARK = Pattern.compile("<[|\uFF5C].+[|\uFF5C]>|\\[/?[A-Z][A-Z_]+\\]");
    private static final Pattern TAG = Pattern.compile("[<\\[].+[>\\]]");

    private final Path file;
    private final ObjectNode json;
    private final List<ObjectNode> companions = new ArrayList<>();
    private final String digest;

    /** All chat templates of the folder, concatenated. */
    private final String templates;

    private TokenizerFiles(Path folder) throws IOException {
        FolderRoot root = FolderRoot.open(folder);
        file = root.find("tokenizer.json")
                .orElseThrow(() -> new FormatProblem(
                        folder, "has no tokenizer.json; expected a model folder in" + " the Hugging Face layout"));
        MessageDigest sha256 = sha256();
        byte[] bytes = RegularFile.bytes(file, MAX_BYTES);
        sha256.update(bytes);
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        for (String name : COMPANIONS) {
            Optional<Path> companion = root.find(name);
            if (companion.isPresent()) {
                byte[] content = RegularFile.bytes(companion.get(), MAX_COMPANION_BYTES);
                sha256.update(name.getBytes(StandardCharsets.UTF_8));
                sha256.update(content);
                contents.put(companion.get(), content);
            }
        }
        Optional<Path> template = root.find("chat_template.jinja");
        StringBuilder written = new StringBuilder();
        if (template.isPresent()) {
            byte[] content = RegularFile.bytes(template.get(), MAX_COMPANION_BYTES);
            sha256.update(template.get().getFileName().toString().getBytes(StandardCharsets.UTF_8));
            sha256.update(content);
            written.append(new String(content, StandardCharsets.UTF_8));
        }
        digest = HexFormat.of().formatHex(sha256.digest());
        // Must precede any parsing of these bytes, here or in the native library.
        Sandbox.ofProcess()
                .admit(
                        TokenizerProbe.class,
                        digest,
                        file,
                        bytes.length,
                        List.of(folder.toAbsolutePath().toString()));
        json = StrictJson.object(file, "the file", bytes);
        for (Map.Entry<Path, byte[]> companion : contents.entrySet()) {
            companions.add(StrictJson.object(companion.getKey(), "the file", companion.getValue()));
        }
        for (ObjectNode companion : companions) {
            JsonNode own = companion.path("chat_template");
            if (own.isTextual()) {
                written.append(own.asText());
            }
            own.findValuesAsText("template").forEach(written::append);
        }
        templates = written.toString();
        if (!json.path("model").isObject()) {
            throw new FormatProblem(file, "has no \"model\", it is not a tokenizer");
        }
    }

    static TokenizerFiles open(Path folder) {
        try {
            return new TokenizerFiles(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    Path file() {
        return file;
    }

    ObjectNode json() {
        return json;
    }

    /**
     * SHA-256, in hex, over tokenizer.json, the files that name its special tokens, and the chat
     * template.
     */
    String digest() {
        return digest;
    }

    /** Tokens added to the model's vocabulary, in the order of their ids. */
    List<AddedToken> addedTokens() {
        Set<String> named = new HashSet<>();
        for (String role : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            role(role).ifPresent(named::add);
        }
        List<AddedToken> tokens = new ArrayList<>();
        for (JsonNode token : json.path("added_tokens")) {
            JsonNode id = token.path("id");
            JsonNode text = token.path("content");
            if (!text.isTextual() || text.asText().isEmpty()) {
                throw new FormatProblem(file, "has an added token without a \"content\"");
            }
            checked(id, text.asText());
            boolean control = token.path("special").asBoolean() || named.contains(text.asText());
            tokens.add(new AddedToken(id.intValue(), text.asText(), control, control || reserved(text.asText())));
        }
        tokens.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return List.copyOf(tokens);
    }

    /**
     * Whether message text must not become a token that is declared as an ordinary word. True for
     * {@code <|fim_prefix|>} and {@code [INST]}, and for {@code <think>} if the template writes it.
     * A tag that no template writes, such as {@code <table>}, is a word.
     */
    private boolean reserved(String text) {
        return MARK.matcher(text).matches() || (TAG.matcher(text).matches() && templates.contains(text));
    }

    /** The text of the token with a role in tokenizer_config.json, such as "eos_token". */
    Optional<String> role(String role) {
        for (ObjectNode companion : companions) {
            JsonNode value = companion.path(role);
            JsonNode text = value.isObject() ? value.path("content") : value;
            if (text.isTextual() && !text.asText().isEmpty()) {
                return Optional.of(text.asText());
            }
        }
        return Optional.empty();
    }

    /** The id of a token by its exact text. */
    OptionalInt id(String text) {
        for (AddedToken token : addedTokens()) {
            if (token.text().equals(text)) {
                return OptionalInt.of(token.id());
            }
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isObject()) {
            JsonNode id = vocabulary.path(text);
            return id.isInt() ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
        }
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.path(id).path(0).asText().equals(text)) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    /** Whether a token is the unknown token. */
    boolean isUnknown(AddedToken token) {
        JsonNode model = json.path("model");
        return token.text().equals(model.path("unk_token").asText(""))
                || model.path("unk_id").asInt(-1) == token.id();
    }

    /** Ids that the library skips when it skips special tokens. */
    BitSet unwritten() {
        BitSet ids = new BitSet();
        for (JsonNode token : json.path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                ids.set(token.path("id").asInt());
            }
        }
        return ids;
    }

    /** Ids of byte tokens such as {@code <0x0A>}, if the decoder joins them. */
    BitSet bytePieces() {
        BitSet ids = new BitSet();
        boolean joined = json.path("decoder").toString().contains("\"ByteFallback\"");
        for (int value = 0; joined && value < 256; value++) {
            id(String.format(Locale.ROOT, "<0x%02X>", value)).ifPresent(ids::set);
        }
        return ids;
    }

    /** One more than the largest id. */
    int vocabularySize() {
        JsonNode vocabulary = json.path("model").path("vocab");
        int size = vocabulary.isArray() ? vocabulary.size() : 0;
        if (vocabulary.isObject()) {
            for (Map.Entry<String, JsonNode> piece : vocabulary.properties()) {
                size = Math.max(size, checked(piece.getValue(), piece.getKey()) + 1);
            }
        }
        for (AddedToken token : addedTokens()) {
            size = Math.max(size, token.id() + 1);
        }
        return size;
    }

    /**
     * Length of the longest token in UTF-8 bytes; no token stands for more text. At least 4, so
     * that a character's own length is never underestimated.
     */
    int longestPiece() {
        int longest = 4;
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isObject()) {
            for (Map.Entry<String, JsonNode> piece : vocabulary.properties()) {
                longest = Math.max(longest, bytes(piece.getKey()));
            }
        }
        if (vocabulary.isArray()) {
            for (JsonNode piece : vocabulary) {
                longest = Math.max(longest, bytes(piece.path(0).asText()));
            }
        }
        for (AddedToken token : addedTokens()) {
            longest = Math.max(longest, bytes(token.text()));
        }
        return longest;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private int checked(JsonNode id, String piece) {
        if (!id.isInt() || id.intValue() < 0 || id.intValue() > MAX_ID) {
            throw new FormatProblem(
                    file, "gives the piece \"" + piece + "\" the id " + id + ", expected a number from 0 to " + MAX_ID);
        }
        return id.intValue();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
