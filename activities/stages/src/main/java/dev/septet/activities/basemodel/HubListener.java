package dev.septet.activities.basemodel;

/** Hears how far a download is. May throw to end it; it goes on from there the next time. */
@FunctionalInterface
public interface HubListener {
    /** So many of all bytes are here. */
    void at(long done, long total);
}
