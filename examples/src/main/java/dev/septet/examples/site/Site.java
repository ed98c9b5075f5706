package dev.septet.examples.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes the documentation site: {@code Site CHECKOUT FOLDER [JAVADOC.jar...]}. Every page of {@code .github/docs} is in it,
 * with every file that a page links to. The same checkout gives the same bytes. A broken link ends it with exit code 1.
 */
public final class Site {
    private static final int MOST_BYTES_SHOWN = 200_000;

    private final Path checkout;
    private final Path out;
    private final SitePaths paths;
    private final Map<String, MarkdownPage> pages = new TreeMap<>();
    private final Map<String, SourcePage> sources = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> api = new TreeSet<>();

    private Site(Path checkout, Path out) {
        this.checkout = checkout;
        this.out = out;
        this.paths = new SitePaths(checkout);
    }

    /** Builds the site. */
    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            System.err.println("site: expected CHECKOUT FOLDER [JAVADOC.jar...]");
            System.exit(2);
        }
        List<Path> jars = Stream.of(args).skip(2).map(Path::of).toList();
        List<String> problems = build(Path.of(args[0]), Path.of(args[1]), jars);
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            System.err.println("site: broken links: " + problems.size());
            System.exit(1);
        }
        System.err.println("site: open " + Path.of(args[1]).resolve("index.html"));
    }

    /**
     * Builds the site into a folder, which is created.
     *
     * @param javadoc jars with the Javadoc of modules
     * @return the broken links, each with the page that has it; empty when all are right
     */
    public static List<String> build(Path checkout, Path out, List<Path> javadoc) throws IOException {
        Site site = new Site(
                checkout.toAbsolutePath().normalize(), out.toAbsolutePath().normalize());
        site.unpack(javadoc);
        site.read();
        site.write();
        return List.copyOf(site.problems);
    }

    /** Reads the pages of the folders, and then every page that they link to. */
    private void read() throws IOException {
        Deque<String> queue = new ArrayDeque<>(paths.roots());
        while (!queue.isEmpty()) {
            String source = queue.remove();
            if (pages.containsKey(source)) {
                continue;
            }
            MarkdownPage page = MarkdownPage.read(checkout, source);
            pages.put(source, page);
            for (MarkdownPage.Link link : page.links()) {
                String target = link.file();
                if (target.isEmpty() || pages.containsKey(target) || sources.containsKey(target)) {
                    continue;
                }
                Path file = checkout.resolve(target);
                if (target.endsWith(".md") && Files.isRegularFile(file)) {
                    queue.add(target);
                } else if (Files.isDirectory(file) && Files.exists(file.resolve("README.md"))) {
                    queue.add(target + "/README.md");
                } else if (Files.exists(file)) {
                    sources.put(target, source(target, file));
                }
            }
        }
    }

    private static SourcePage source(String name, Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (Stream<Path> entries = Files.list(file)) {
                String list = entries.map(entry -> entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
                        .filter(entry -> !entry.equals("target/"))
                        .sorted()
                        .collect(Collectors.joining("\n"));
                return new SourcePage(name, "text", list);
            }
        }
        if (Files.size(file) > MOST_BYTES_SHOWN) {
            return new SourcePage(name, "text", "This file is too large to be shown here. It is in the checkout.");
        }
        return new SourcePage(
                name,
                Highlighter.language(name),
                Files.readString(file, StandardCharsets.ISO_8859_1).chars().anyMatch(each -> each == 0)
                        ? "This is a binary file. It is in the checkout."
                        : Files.readString(file));
    }

    private void unpack(List<Path> jars) throws IOException {
        for (Path jar : jars) {
            String module = String.valueOf(jar.getFileName()).replaceAll("-\\d.*|-javadoc\\.jar$", "");
            api.add(module);
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry entry :
                        zip.stream().filter(each -> !each.isDirectory()).toList()) {
                    Path file = out.resolve("api")
                            .resolve(module)
                            .resolve(entry.getName())
                            .normalize();
                    if (!file.startsWith(out)) {
                        throw new IOException(jar + " has a file outside of its folder: " + entry.getName());
                    }
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.write(file, in.readAllBytes());
                    }
                }
            }
        }
    }

    private void write() throws IOException {
        Map<String, String> addresses = new TreeMap<>();
        pages.keySet().forEach(source -> addresses.put(source, paths.address(source)));
        sources.keySet().forEach(source -> addresses.put(source, SitePaths.file(source)));
        Navigation navigation = new Navigation(pages, addresses, api);
        SearchIndex index = new SearchIndex();
        for (MarkdownPage page : pages.values()) {
            String address = Objects.requireNonNull(addresses.get(page.source()));
            String html = page.html(link -> resolved(page, address, link, addresses));
            put(address, new PageFrame(navigation, address, page.title(), html, page.headings()).html());
            index.add(page, address);
        }
        for (SourcePage source : sources.values()) {
            String address = Objects.requireNonNull(addresses.get(source.name()));
            put(address, new PageFrame(navigation, address, source.name(), source.html(), List.of()).html());
        }
        put("index.html", new PageFrame(navigation, "index.html", "Septet", Home.html(navigation), List.of()).html());
        put("search-index.js", index.script());
        for (String asset : List.of("site.css", "site.js", "logo.svg")) {
            put(asset, resource(asset));
        }
    }

    /** The address of a link, relative to the page; a broken one is a problem. */
    private String resolved(MarkdownPage page, String address, MarkdownPage.Link link, Map<String, String> addresses) {
        String target = link.file().isEmpty() ? page.source() : link.file();
        String readme = target.isEmpty() ? "README.md" : target + "/README.md";
        String found = addresses.containsKey(target) ? target : addresses.containsKey(readme) ? readme : "";
        if (found.isEmpty()) {
            problems.add("%s:%s links to %s, which is not in the checkout"
                    .formatted(page.source(), link.line(), link.written()));
            return "#";
        }
        MarkdownPage other = pages.get(found);
        if (!link.anchor().isEmpty() && other != null && !other.anchors().contains(link.anchor())) {
            problems.add("%s:%s links to %s, but %s has no heading of this name"
                    .formatted(page.source(), link.line(), link.written(), found));
        }
        return SitePaths.relative(address, Objects.requireNonNull(addresses.get(found)))
                + (link.anchor().isEmpty() ? "" : "#" + link.anchor());
    }

    private void put(String address, String text) throws IOException {
        Path file = out.resolve(address);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Text as HTML. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** The anchor of a heading, as GitHub makes it. */
    static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
