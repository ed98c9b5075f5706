package dev.septet.dsl.extension;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** Jars with extensions on the class path of the test's thread, until it is closed. */
public final class ExtensionJars implements AutoCloseable {
    private final Path folder;
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final List<URL> jars = new ArrayList<>();
    private final Set<String> own = new TreeSet<>();

    /** Jars that are written to a folder. */
    public ExtensionJars(Path folder) {
        this.folder = folder;
    }

    /** Adds a jar of these classes. */
    public ExtensionJars with(String title, String version, Class<?>... extensions) throws IOException {
        Path jar = folder.resolve(title + "-" + version + ".jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_TITLE, title);
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("META-INF/services/" + Extension.class.getName()));
            out.write(List.of(extensions).stream()
                    .map(Class::getName)
                    .collect(Collectors.joining("\n"))
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (Class<?> type : extensions) {
                String entry = type.getName().replace('.', '/') + ".class";
                own.add(type.getName());
                out.putNextEntry(new JarEntry(entry));
                try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
                    java.util.Objects.requireNonNull(in).transferTo(out);
                }
            }
        }
        jars.add(jar.toUri().toURL());
        return open();
    }

    private ExtensionJars open() {
        Thread.currentThread().setContextClassLoader(new Jars(jars.toArray(URL[]::new), before, Set.copyOf(own)));
        return this;
    }

    @Override
    public void close() {
        Thread.currentThread().setContextClassLoader(before);
    }

    /** Takes the jars' classes from the jars, though the tests have them too. */
    private static final class Jars extends URLClassLoader {
        private final Set<String> own;

        Jars(URL[] jars, ClassLoader parent, Set<String> own) {
            super(jars, parent);
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!own.contains(name)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
