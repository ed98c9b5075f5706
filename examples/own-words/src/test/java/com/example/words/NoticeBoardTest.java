package com.example.words;

import dev.septet.activities.notify.ChannelExtension;
import dev.septet.contract.ChannelWordContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NoticeBoardTest extends ChannelWordContract {
    @TempDir
    private Path folder;

    @BeforeEach
    void choose() throws Exception {
        Path classes = Path.of(NoticeBoard.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.writeString(
                classes.resolveSibling("own-words.properties"),
                "notices=" + folder.toString().replace("\\", "\\\\") + "\n");
    }

    @Override
    protected ChannelExtension extension() {
        return new NoticeBoard();
    }

    @Override
    protected String line() {
        return "board(name: 'team')";
    }

    @Override
    protected String received() throws Exception {
        return Files.readString(folder.resolve("team.jsonl"));
    }
}
