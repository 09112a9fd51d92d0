/** Two agents' bird's-eye view of one scene, with experts in its encoder and in its motion decoder (UniMM-V2X). */
package org.thalweg.network.birdseye;
