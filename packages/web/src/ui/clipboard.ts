/** Copies text; says whether it worked, since browsers refuse on plain HTTP from other machines. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};
