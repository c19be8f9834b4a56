// A photo becomes smaller on the phone: at most 1600 pixels a side, upright, without the data that says where it was taken.
import { sha256 } from "./ids.js";

const LONGEST = 1600;
const QUALITY = 0.82;

async function drawn(file) {
  if (window.createImageBitmap) {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      // Old Safari takes no options; the picture element below turns the photo upright by itself.
    }
  }
  const address = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(address);
  }
}

// {sha256, type, bytes}; an error in an officer's words when the file is no picture.
export async function shrunk(file) {
  let source;
  try {
    source = await drawn(file);
  } catch {
    throw new Error(`“${file.name}”不是能打开的照片`);
  }
  const width = source.naturalWidth || source.width;
  const height = source.naturalHeight || source.height;
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  if (!blob) throw new Error(`“${file.name}”太大，手机处理不了`);
  const bytes = await blob.arrayBuffer();
  return { sha256: await sha256(bytes), type: "image/jpeg", bytes, width: canvas.width, height: canvas.height };
}
