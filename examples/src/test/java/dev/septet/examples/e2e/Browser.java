package dev.septet.examples.e2e;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A real Chromium without a window, that {@code .ci/browser} finds or installs. */
final class Browser implements AutoCloseable {
    /** A phone held upright, in CSS pixels. */
    static final int PHONE = 390;

    /** A small laptop. */
    static final int LAPTOP = 1280;

    /** The least contrast of text that WCAG 2.1 calls readable (level AA). */
    static final double READABLE = 4.5;

    private static final int HEIGHT = 900;
    private static final int SECONDS_TO_INSTALL = 600;

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts one, with a profile of its own; a laptop in light colours. */
    static Browser open() throws IOException, InterruptedException {
        List<String> paths = Shell.installed(SECONDS_TO_INSTALL, "browser");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(paths.get(0));
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createTempDirectory("septet-browser"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(paths.get(1)))
                .withLogOutput(java.io.OutputStream.nullOutputStream())
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.show(LAPTOP, false);
        return browser;
    }

    /** For what this class has no word for. */
    ChromeDriver driver() {
        return driver;
    }

    /** Goes to a page. */
    Browser visit(URI page) {
        driver.get(page.toString());
        return this;
    }

    /** Signs in to the Web UI of a server that Septet started. */
    Browser signIn(DevStack stack) throws IOException {
        visit(URI.create(stack.server().ui()));
        String token = Files.readString(stack.state().resolve("server.token")).strip();
        element("input[name=token]").sendKeys(token);
        element("button").click();
        return this;
    }

    /** Lays the page out for a screen of this many CSS pixels, in light or dark colours. */
    Browser show(int width, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", width <= PHONE));
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
        return this;
    }

    /** All text that a person sees. */
    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** The same with what the frames on the page show. */
    String allText() {
        StringBuilder text = new StringBuilder(text());
        for (WebElement frame : driver.findElements(By.tagName("iframe"))) {
            driver.switchTo().frame(frame);
            text.append('\n').append(text());
            driver.switchTo().defaultContent();
        }
        return text.toString();
    }

    /** The first element that a CSS selector finds. */
    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** CSS pixels by which the page is wider than the screen; 0 = it need not be scrolled. */
    long overflow() {
        return ((Number) script("return Math.max(0, document.documentElement.scrollWidth"
                        + " - document.documentElement.clientWidth)"))
                .longValue();
    }

    /**
     * Visible texts that are hard to read, each with its contrast.
     *
     * @param bound the least contrast, usually {@link #READABLE}
     */
    List<String> faint(double bound) throws IOException {
        List<String> faint = new ArrayList<>();
        for (Object text : (List<?>) script(resource("contrast.js"), bound)) {
            faint.add(String.valueOf(text));
        }
        return faint;
    }

    /** A picture of the whole page, for people. */
    Path picture(Path png) throws IOException {
        Map<String, Object> shot =
                driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.write(png, OutputType.BYTES.convertFromBase64Png(String.valueOf(shot.get("data"))));
        return png;
    }

    @Override
    public void close() {
        driver.quit();
    }

    private Object script(String text, Object... arguments) {
        return Objects.requireNonNull(driver.executeScript(text, arguments));
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = Browser.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
