/** The anchor. */
export function BrandMark({ size = 18 }: Readonly<{ size?: number }>) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <circle cx="8" cy="3" r="1.6" />
      <path d="M8 4.6V14M4.6 7.200h6.800M2 9.600c.4 2.800 2.800 4.400 6 4.400s5.600-1.600 6-4.400" />
    </svg>
  );
}
