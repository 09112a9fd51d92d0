package org.thalweg.spark;

import java.io.Serializable;
import org.thalweg.study.ArtifactStore;

/** The way of artifacts from machine to machine. */
sealed interface Share extends Serializable permits SharedDirectory, SharedFileSystem {
    /**
     * Opens local files for one task.
     *
     * @return a store to read inputs from and to make the artifact in
     */
    ArtifactStore open();

    /**
     * Ends the use of such a store.
     *
     * @param store from {@link #open}
     */
    void close(ArtifactStore store);

    /**
     * Brings an artifact into a local store, when the others have it and the store has not. What comes is to be found
     * by {@link ArtifactStore#find}, which compares it with its seal.
     *
     * @param address of the artifact
     * @param into the store
     * @throws org.thalweg.failure.WorkFailure when the file system refuses
     */
    void fetch(ArtifactStore.Address address, ArtifactStore into);

    /**
     * Shows an artifact of a local store to the others, whole or not at all.
     *
     * @param address of the artifact
     * @param from the store
     * @throws org.thalweg.failure.WorkFailure when the file system refuses
     */
    void publish(ArtifactStore.Address address, ArtifactStore from);

    /**
     * Whether the others see an artifact.
     *
     * @param address of the artifact
     * @return true when it is there, damaged or not
     */
    boolean has(ArtifactStore.Address address);

    /**
     * Removes a damaged artifact.
     *
     * @param address of the artifact
     */
    void discard(ArtifactStore.Address address);
}
