/**
 * SVG → PNG with resvg, off the main thread. Owns the fonts: two of DejaVu from their package and none of the machine, so that a
 * picture looks the same everywhere. Loaded at the first picture: a process that draws none pays nothing.
 */
import { createRequire } from 'node:module';
import { err, ok } from '../../domain/result.ts';
import type { Picture } from '../../ports/picture.ts';

const require = createRequire(import.meta.url);
const FAMILY = 'DejaVu Sans';
/** Sharp on a phone, and far below every chat's limit. */
const ZOOM = 1.5;

export function createPicture(): Picture {
  return {
    async png(svg) {
      try {
        const { renderAsync } = await import('@resvg/resvg-js');
        const image = await renderAsync(svg, {
          font: {
            loadSystemFonts: false,
            fontFiles: [
              require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
              require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
            ],
            defaultFontFamily: FAMILY,
            sansSerifFamily: FAMILY,
          },
          fitTo: { mode: 'zoom', value: ZOOM },
          logLevel: 'off',
        });
        return ok(new Uint8Array(image.asPng()));
      } catch (error) {
        return err(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
