package dev.septet.dsl.extension;

import dev.septet.dsl.extension.ExtensionWord.Kind;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The words of jars that this process has, found with {@link ServiceLoader}. */
public final class Extensions {
    /** Soft, because an extension holds its class loader, which would never be let go. */
    private static final Map<ClassLoader, SoftReference<Extensions>> FOUND =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static final String SERVICES = "META-INF/services/" + Extension.class.getName();

    private final Map<String, Installed> words = new TreeMap<>();

    private Extensions(List<Installed> found) {
        for (Installed next : found) {
            Installed other = words.putIfAbsent(next.word().name(), next);
            if (other != null) {
                throw new ExtensionProblem(
                        "two jars declare the word `%s`: %s and %s; remove one of the two from the class path"
                                .formatted(
                                        next.word().name(),
                                        other.jar().shown(),
                                        next.jar().shown()));
            }
        }
    }

    /**
     * A word and what it does.
     *
     * @param jar the jar of its class
     */
    public record Installed(ExtensionWord word, Extension extension, ExtensionJar jar) {}

    /**
     * Those of the thread's class path.
     *
     * @throws ExtensionProblem when a jar's words cannot be used; the message names the jar
     */
    public static Extensions here() {
        @Nullable ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? Extensions.class.getClassLoader() : context;
        SoftReference<Extensions> kept = FOUND.get(loader);
        Extensions known = kept == null ? null : kept.get();
        if (known == null) {
            known = new Extensions(load(loader));
            FOUND.put(loader, new SoftReference<>(known));
        }
        return known;
    }

    /** All of them, by name. */
    public Collection<Installed> all() {
        return Collections.unmodifiableCollection(words.values());
    }

    /** Those of one kind, by name. */
    public List<Installed> of(Kind kind) {
        return words.values().stream()
                .filter(word -> word.word().kind() == kind)
                .toList();
    }

    /** The word of this name and kind. */
    public Optional<Installed> find(Kind kind, String name) {
        return Optional.ofNullable(words.get(name)).filter(word -> word.word().kind() == kind);
    }

    /**
     * What a word of a spec does in this process. Where a stage's result depends on it, the jar must
     * have the version with which the file was checked.
     *
     * @param type the interface of the word's kind
     * @throws ExtensionProblem when no jar has the word, or another version of it; the message says
     *     what to put on the class path
     */
    public static <T extends Extension> T of(ExtensionSpec used, Kind kind, Class<T> type) {
        Installed found = here().find(kind, used.word())
                .orElseThrow(() -> new ExtensionProblem(
                        "`%s` is a %s of the jar %s %s, which this process does not have; put the jar on the class path of every worker, for example into the folder that SEPTET_PLUGINS names, and start the workers again"
                                .formatted(used.word(), kind.shown(), used.jar(), used.version())));
        ExtensionJar jar = found.jar();
        if (kind.decidesResults()
                && !(jar.name().equals(used.jar()) && jar.version().equals(used.version()))) {
            throw new ExtensionProblem(
                    "`%s` was checked with the jar %s %s, but this process has %s %s; start a new run, or give every worker the version %s"
                            .formatted(
                                    used.word(),
                                    used.jar(),
                                    used.version(),
                                    jar.name(),
                                    jar.version(),
                                    used.version()));
        }
        String objection = found.word().objection(used);
        if (!objection.isEmpty()) {
            throw new ExtensionProblem("`%s` of %s %s cannot be used with the options of this run: %s; start a new run"
                    .formatted(used.word(), jar.name(), jar.version(), objection));
        }
        if (!type.isInstance(found.extension())) {
            throw new ExtensionProblem("%s: the class of the %s `%s`, %s, does not implement %s"
                    .formatted(
                            jar.shown(),
                            kind.shown(),
                            used.word(),
                            found.extension().getClass().getName(),
                            type.getName()));
        }
        return type.cast(found.extension());
    }

    /** Code of a jar. */
    @FunctionalInterface
    public interface Code<R, X extends Exception> {
        R run() throws X;
    }

    /**
     * Runs code of a jar.
     *
     * @param known what it may throw as it is: problems that Septet's own code throws there
     * @throws ExtensionProblem when it throws anything else unchecked, or was built for another
     *     version of Septet; the message names the jar and the place, never what the code read
     */
    public static <R, X extends Exception> R run(
            Kind kind, ExtensionSpec used, Class<? extends RuntimeException> known, Code<R, X> code) throws X {
        return run(kind, used, known::isInstance, code);
    }

    /** The same for more than one kind of known problems. */
    public static <R, X extends Exception> R run(
            Kind kind, ExtensionSpec used, Predicate<RuntimeException> known, Code<R, X> code) throws X {
        try {
            return code.run();
        } catch (LinkageError | StackOverflowError | AssertionError e) {
            throw ExtensionProblem.failed(kind, used, e);
        } catch (RuntimeException e) {
            throw known.test(e) || e instanceof ExtensionProblem ? e : ExtensionProblem.failed(kind, used, e);
        }
    }

    /** Of one class in two jars, such as two versions of one, {@link ServiceLoader} hides the second. */
    private static void requireOnce(ClassLoader loader) {
        Map<String, String> files = new TreeMap<>();
        try {
            for (URL url : Collections.list(loader.getResources(SERVICES))) {
                String file = url.toString().replace("!/" + SERVICES, "").replaceFirst(".*/", "");
                URLConnection connection = url.openConnection();
                connection.setUseCaches(false); // the jar may be replaced while this process lives
                try (InputStream in = connection.getInputStream()) {
                    for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                        String type = line.replaceFirst("#.*", "").strip();
                        String other = type.isEmpty() ? null : files.putIfAbsent(type, file);
                        if (other != null && !other.equals(file)) {
                            throw new ExtensionProblem(
                                    "%s is both in %s and in %s; remove one of the two from the class path"
                                            .formatted(type, other, file));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new ExtensionProblem("a jar on the class path cannot be read: " + e.getMessage());
        }
    }

    private static List<Installed> load(ClassLoader loader) {
        requireOnce(loader);
        List<Installed> found = new ArrayList<>();
        var providers = ServiceLoader.load(Extension.class, loader).stream().iterator();
        while (true) {
            ServiceLoader.Provider<Extension> provider;
            try {
                if (!providers.hasNext()) {
                    return found;
                }
                provider = providers.next();
            } catch (ServiceConfigurationError | LinkageError e) {
                throw new ExtensionProblem("a jar on the class path names an extension that cannot be found: %s"
                        .formatted(e.getMessage()));
            }
            found.add(installed(provider));
        }
    }

    private static Installed installed(ServiceLoader.Provider<Extension> provider) {
        ExtensionJar jar = ExtensionJar.of(provider.type());
        try {
            Extension extension = provider.get();
            @Nullable ExtensionWord word = extension.word();
            if (word == null) {
                throw new ExtensionProblem("its extension %s declares no word: word() gave null"
                        .formatted(provider.type().getName()));
            }
            return new Installed(word, extension, jar);
        } catch (ExtensionProblem e) {
            throw new ExtensionProblem("%s: %s".formatted(jar.shown(), e.getMessage()));
        } catch (RuntimeException | ServiceConfigurationError | LinkageError | StackOverflowError | AssertionError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ExtensionProblem(
                    "%s: its extension %s cannot be loaded (%s); was it built for this version of Septet?"
                            .formatted(jar.shown(), provider.type().getName(), cause));
        }
    }
}
