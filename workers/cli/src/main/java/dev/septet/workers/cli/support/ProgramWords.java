package dev.septet.workers.cli.support;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.llm.runtime.Torch;
import dev.septet.workers.SeptetPlugin;
import dev.septet.workers.cli.Septet;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workflows.SeptetWorkflows;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The words of Septet's own messages, from the string constants of its classes. A word of a log line that is not among them
 * may be part of a secret, of a row or of a prompt.
 */
final class ProgramWords {
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z]*");

    /** A class of each module. */
    private static final List<Class<?>> MODULES = List.of(
            PipelineCompiler.class,
            SeptetWorkflows.class,
            Torch.class,
            ArtifactStore.class,
            ModelServer.class,
            SeptetPlugin.class,
            Septet.class);

    private static final int MAGIC = 0xCAFEBABE;
    private static final int UTF8 = 1;
    private static final int STRING = 8;

    private ProgramWords() {}

    /** All words, in lower case. */
    static Set<String> load() throws IOException {
        Set<String> words = new HashSet<>();
        for (Class<?> module : MODULES) {
            Path place = place(module);
            if (Files.isDirectory(place)) {
                add(place, words);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(place)) {
                    add(jar.getPath("/"), words);
                }
            }
        }
        return words;
    }

    private static Path place(Class<?> module) throws IOException {
        try {
            return Path.of(
                    module.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void add(Path root, Set<String> words) throws IOException {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(root)) {
            classes = files.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : classes) {
            try (InputStream in = Files.newInputStream(file)) {
                for (String constant : constants(in.readAllBytes())) {
                    Matcher word = WORD.matcher(constant);
                    while (word.find()) {
                        words.add(word.group().toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
    }

    /** The string constants of a class file (chapter 4.4 of the Java Virtual Machine Specification). */
    private static List<String> constants(byte[] file) throws IOException {
        List<String> found = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(file))) {
            if (in.readInt() != MAGIC) {
                return found;
            }
            in.readInt(); // version
            int count = in.readUnsignedShort();
            Map<Integer, String> texts = new HashMap<>();
            List<Integer> strings = new ArrayList<>();
            for (int at = 1; at < count; at++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case UTF8 -> texts.put(at, in.readUTF());
                    case STRING -> strings.add(in.readUnsignedShort());
                    case 7, 16, 19, 20 -> in.readUnsignedShort();
                    case 15 -> in.skipNBytes(3);
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt();
                    case 5, 6 -> {
                        in.readLong();
                        at++; // takes two entries
                    }
                    default -> throw new IOException("unknown constant " + tag);
                }
            }
            for (int index : strings) {
                found.add(texts.getOrDefault(index, ""));
            }
        }
        return found;
    }
}
