// Exits of a practice's page that only a script can offer: print, and the share dialogue of the device.
const print = document.getElementById("print");
print.parentElement.hidden = false;
print.addEventListener("click", () => window.print());

const share = document.getElementById("share");
// The page knows its own address best: a copy of the site may stand anywhere.
const mail = new URL(share.href);
mail.search = mail.search.slice(0, mail.search.lastIndexOf("http")) + encodeURIComponent(location.origin + location.pathname);
share.href = mail;
if (navigator.share) {
  share.textContent = share.dataset.share;
  share.addEventListener("click", (event) => {
    event.preventDefault();
    navigator.share({ title: share.dataset.title, url: location.origin + location.pathname }).catch(() => {});
  });
}
