package org.thalweg.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.thalweg.family.Families;
import org.thalweg.network.decoder.Decoder;

/** Decoders of configurations that tests write. */
final class SmallDecoders {
    private SmallDecoders() {}

    static Decoder of(ObjectNode config) {
        return (Decoder) Families.of(config).read(config, Set.of()).network();
    }
}
