/* What Leaflet does not do by itself for our maps: French titles, keyboard, hatching, shapes, names that never overlap, legend.
   Every string of data arrives escaped by pages/ui/cartes.esc: it may be used as HTML, never un-escaped into HTML again. */
(function () {
  "use strict";

  document.documentElement.lang = "fr";
  document.title = "Carte";
  try { window.frameElement.title = "Carte interactive ; les mêmes informations figurent dans le tableau sous la carte"; } catch (e) { /* other origin */ }

  L.Control.Zoom.prototype.options.zoomInTitle = "Zoom avant";
  L.Control.Zoom.prototype.options.zoomOutTitle = "Zoom arrière";
  L.Control.Scale.prototype.options.imperial = false;
  L.Control.Attribution.prototype.options.prefix = "Leaflet";
  var dessine = L.Control.Layers.prototype._initLayout;
  L.Control.Layers.include({
    _initLayout: function () {
      dessine.call(this);
      this._layersLink.title = "Choisir les couches de la carte";
      this._section.setAttribute("aria-label", "Couches de la carte");
    }
  });

  var FORMES = {
    rond: '<circle cx="9" cy="9" r="7"/>',
    carre: '<rect x="2.5" y="2.5" width="13" height="13" rx="1.5"/>',
    losange: '<path d="M9 .5 17.5 9 9 17.5 .5 9Z"/>',
    triangle: '<path d="M9 1.5 17 16H1Z"/>',
    triangle_bas: '<path d="M9 16.5 1 2H17Z"/>',
    pentagone: '<path d="M9 1 17 7 14 16.5H4L1 7Z"/>',
    hexagone: '<path d="M5 2H13L17.5 9 13 16H5L.5 9Z"/>',
    etoile: '<path d="M9 .5 11.5 6.3 17.8 6.9 13 11 14.5 17.2 9 13.9 3.5 17.2 5 11 .2 6.9 6.5 6.3Z"/>',
    croix: '<path d="M6 1.5H12V6H16.5V12H12V16.5H6V12H1.5V6H6Z"/>',
    barre: '<rect x="1" y="5" width="16" height="8" rx="1.5"/>',
    goutte: '<path d="M9 1C14 7 15.5 9 15.5 11.5A6.5 6 0 0 1 2.5 11.5C2.5 9 4 7 9 1Z"/>'
  };

  function symbole(forme, couleur, cote) {
    return '<svg width="' + cote + '" height="' + cote + '" viewBox="0 0 18 18" aria-hidden="true" fill="' + couleur +
      '" stroke="#fff" stroke-width="1.5">' + (FORMES[forme] || FORMES.rond) + "</svg>";
  }

  // Leaflet writes `fill` as given: "url(#hachures)" is enough once the patterns stand in the same document.
  function motifs() {
    if (document.getElementById("hachures")) { return; }
    var porteur = document.createElement("div");
    porteur.innerHTML = '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>' +
      '<pattern id="hachures" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
      '<rect width="6" height="6" fill="#fff"/><rect width="2.2" height="6" fill="#5b5b5b"/></pattern>' +
      '<pattern id="pointilles" width="6" height="6" patternUnits="userSpaceOnUse">' +
      '<rect width="6" height="6" fill="#fff"/><circle cx="3" cy="3" r="1.2" fill="#5b5b5b"/></pattern></defs></svg>';
    document.body.appendChild(porteur.firstChild);
  }

  // A textarea holds text only: entities are decoded, no tag is ever built.
  var decodeur = document.createElement("textarea");
  function texte(html) { decodeur.innerHTML = html; return decodeur.value; }

  function infobulle(titre, detail) { return "<strong>" + titre + "</strong>" + (detail ? "<br>" + detail : ""); }

  var clics = 0;
  // What a click sends to the server: a code and a counter (so that a second click on the same place is news), never a geometry.
  function retour(couche, genre, code) {
    couche.on("click", function () { clics += 1; });
    couche.toGeoJSON = function () { return { type: "Feature", geometry: null, properties: { genre: genre, code: texte(code), clic: clics } }; };
  }

  function clavier(couche, nom) {
    couche.on("add", function () {
      var element = couche.getElement && couche.getElement();
      if (!element) { return; }
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", nom);
      if (element.dataset.clavier) { return; }
      element.dataset.clavier = "1";
      element.addEventListener("keydown", function (e) {
        if (e.key !== "Enter" && e.key !== " ") { return; }
        e.preventDefault();
        couche.fire("click", { latlng: couche.getLatLng ? couche.getLatLng() : couche.getBounds().getCenter() }, true);
      });
    });
  }

  function quartier(feature, couche) {
    var p = feature.properties;
    couche.bindTooltip(infobulle(p.nom, p.detail), { sticky: true });
    clavier(couche, texte(p.nom + (p.detail ? " : " + p.detail : "")));
    retour(couche, "qpv", p.code);
  }

  // row: latitude, longitude, code, title, detail
  function point(row, genre, forme, couleur) {
    var marqueur = L.marker([row[0], row[1]], {
      icon: L.divIcon({ className: "carte-symbole", iconSize: [18, 18], html: symbole(forme, couleur, 18) })
    });
    marqueur.bindTooltip(infobulle(row[3], row[4]), { direction: "top", offset: [0, -8] });
    clavier(marqueur, texte(row[3] + (row[4] ? ", " + row[4] : "")));
    retour(marqueur, genre, row[2]);
    return marqueur;
  }

  function grappe(couleur) {
    return function (amas) {
      var nombre = amas.getChildCount(), cote = nombre < 10 ? 28 : nombre < 100 ? 34 : 42;
      return L.divIcon({
        className: "", iconSize: [cote, cote],
        html: '<div class="carte-grappe" style="width:' + cote + "px;height:" + cote + "px;background:" + couleur + '">' +
          nombre.toLocaleString("fr-FR") + "</div>"
      });
    };
  }

  function remplace(map, nom, nouveau) {
    map._carte = map._carte || {};
    if (map._carte[nom]) { map._carte[nom](); }
    map._carte[nom] = nouveau;
  }

  var COTES = [[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0]];
  // Names by rank: each takes the first free place around its point, or waits for a closer zoom.
  function noms(map, liste) {
    var elements = liste.map(function (n) {
      var element = document.createElement("div");
      element.className = "carte-nom " + n.classe;
      element.innerHTML = n.texte;
      element.setAttribute("aria-hidden", "true");
      map.getPane("tooltipPane").appendChild(element);
      return element;
    });
    function place() {
      var pris = [], taille = map.getSize();
      liste.forEach(function (n, i) {
        var element = elements[i], origine = map.latLngToLayerPoint(n.lieu);
        element.style.display = "block";
        var l = element.offsetWidth, h = element.offsetHeight, bord = map.layerPointToContainerPoint(origine), trouve = false;
        if (n.classe === "fleuve" && (bord.x < 0 || bord.y < 0 || bord.x > taille.x || bord.y > taille.y)) { element.style.display = "none"; return; }
        COTES.slice(n.decale ? 1 : 0, n.classe === "commune" ? 1 : 5).some(function (cote) {
          var x = origine.x + cote[0] * (l / 2 + n.ecart), y = origine.y + cote[1] * (h / 2 + n.ecart);
          var boite = [x - l / 2 - 2, y - h / 2 - 1, x + l / 2 + 2, y + h / 2 + 1];
          trouve = !pris.some(function (b) { return boite[0] < b[2] && boite[2] > b[0] && boite[1] < b[3] && boite[3] > b[1]; });
          if (trouve) { pris.push(boite); element.style.left = x + "px"; element.style.top = y + "px"; }
          return trouve;
        });
        element.style.display = trouve ? "block" : "none";
      });
    }
    function cache() { elements.forEach(function (e) { e.style.display = "none"; }); }
    map.on("zoomstart", cache).on("zoomend viewreset resize", place);
    remplace(map, "noms", function () {
      map.off("zoomstart", cache).off("zoomend viewreset resize", place);
      elements.forEach(function (e) { e.remove(); });
    });
    place();
  }

  function vignette(e) {
    if (e.forme === "aplat") {
      return '<svg width="22" height="14" aria-hidden="true"><rect x="1" y="1" width="20" height="12" fill="' + e.couleur +
        '" stroke="' + (e.trait || "#3a3a3a") + '" stroke-dasharray="' + (e.tirets || "none") + '" stroke-width="' + (e.epaisseur || 1) + '"/></svg>';
    }
    if (e.forme === "cercle") {
      var r = e.rayon, c = 2 * r + 2;
      return '<svg width="' + c + '" height="' + c + '" aria-hidden="true"><circle cx="' + (r + 1) + '" cy="' + (r + 1) + '" r="' + r +
        '" fill="' + e.couleur + '" fill-opacity=".55" stroke="' + e.couleur + '" stroke-width="1.5"/></svg>';
    }
    return symbole(e.forme, e.couleur, 16);
  }

  function legende(map, contenu) {
    var controle = L.control({ position: "bottomleft" });
    controle.onAdd = function () {
      var boite = L.DomUtil.create("details", "carte-legende");
      boite.open = map.getSize().x >= 600;
      boite.innerHTML = "<summary>Légende</summary>" + contenu.map(function (partie) {
        return (partie.titre ? "<h2>" + partie.titre + "</h2>" : "") + "<ul>" + partie.entrees.map(function (e) {
          return "<li>" + vignette(e) + "<span>" + e.texte + "</span></li>";
        }).join("") + "</ul>" + (partie.note ? "<p>" + partie.note + "</p>" : "");
      }).join("");
      L.DomEvent.disableClickPropagation(boite);
      L.DomEvent.disableScrollPropagation(boite);
      return boite;
    };
    if (contenu.length) { controle.addTo(map); }
    remplace(map, "legende", function () { controle.remove(); });
  }

  motifs();
  window.carte = { quartier: quartier, point: point, grappe: grappe, noms: noms, legende: legende };
})();
