const vocabulary = 'http://cv.iptc.org/newscodes/digitalsourcetype/'

/** How a picture came to be, in the terms of the International Press Telecommunications Council. */
export const digitalSourceTypes = [
  /** All of it was made by a trained model. */
  'trainedAlgorithmicMedia',
  /** A model changed or completed a picture that was there before. */
  'compositeWithTrainedAlgorithmicMedia',
] as const
export type DigitalSourceType = (typeof digitalSourceTypes)[number]

/**
 * An XMP packet that says only this: what made the picture. Goes into iTXt `XML:com.adobe.xmp` of a PNG and into the XMP
 * part of other formats.
 *
 * @source IPTC Photo Metadata Standard, Digital Source Type; the same packet that Krita AI Diffusion writes
 */
export const writeXmp = (sourceType: DigitalSourceType): string =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
   xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
   Iptc4xmpExt:DigitalSourceType="${vocabulary}${sourceType}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`

/**
 * Finds the Digital Source Type in somebody's XMP packet, written as an attribute or as an element. Looks for the
 * vocabulary's address only, so no XML is parsed and no entity ever expanded.
 */
export const readDigitalSourceType = (xmp: string): DigitalSourceType | undefined => {
  const marked = xmp.slice(0, 1_000_000).split(`digitalsourcetype/`).slice(1, 20)
  return digitalSourceTypes.find((type) => marked.some((rest) => new RegExp(`^${type}\\b`).test(rest)))
}
