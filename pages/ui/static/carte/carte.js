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

  var LARGE = 560; // pixels: below, the legend opens on demand

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


  var clics = 0;
  // What a click sends to the server: a code and a counter (so that a second click on the same place is news), never a geometry.
  function retour(couche, famille, code) {
    couche.on("click", function () { clics += 1; });
    couche.toGeoJSON = function () { return { type: "Feature", geometry: null, properties: { famille: famille, code: texte(code), clic: clics } }; };
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

  function parle(couche, nom, detail, famille, code, options) {
    couche.bindTooltip("<strong>" + nom + "</strong>" + (detail ? "<br>" + detail : ""), options);
    clavier(couche, texte(nom + (detail ? " : " + detail : "")));
    retour(couche, famille, code);
    return couche;
  }

  function quartiers(c) {
    return L.geoJSON(c.traits, {
      attribution: c.source, smoothFactor: 0.5,
      style: function (trait) { return trait.properties.style; },
      onEachFeature: function (trait, couche) {
        var p = trait.properties;
        parle(couche, p.nom, p.detail, "qpv", p.code, { sticky: true });
      }
    });
  }

  function cercles(c) {
    return L.featureGroup(c.disques.map(function (d) {
      var style = { radius: d.rayon, color: c.couleur, weight: 1.5, fillColor: c.couleur, fillOpacity: c.opacite };
      return parle(L.circleMarker(d.lieu, style), d.nom, d.detail, "qpv", d.code, { sticky: true });
    }));
  }

  // place: latitude, longitude, code, title, detail
  function marqueurs(c) {
    var icone = L.divIcon({ className: "carte-symbole", iconSize: [18, 18], html: symbole(c.forme, c.couleur, 18) });
    return c.places.map(function (p) {
      var titre = p[3] || "Cliquez pour lire";
      return parle(L.marker([p[0], p[1]], { icon: icone }), titre, p[4], c.famille, p[2], { direction: "top", offset: [0, -8] });
    });
  }

  // A layer whose points stand in the cluster of their family: ticking it off takes them out of it.
  function points(c, amas) {
    var lieux = marqueurs(c);
    return L.layerGroup().on("add", function () { amas.addLayers(lieux); }).on("remove", function () { amas.removeLayers(lieux); });
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

  // Centres where a name may be written around a box: under it, above, at its right, at its left, at its corners; then
  // the same a little further.
  function autour(b, l, h) {
    var x = (b.min.x + b.max.x) / 2, y = (b.min.y + b.max.y) / 2;
    return [3, 16].reduce(function (places, e) {
      var bas = b.max.y + h / 2 + e, haut = b.min.y - h / 2 - e, droite = b.max.x + l / 2 + e, gauche = b.min.x - l / 2 - e;
      return places.concat([[x, bas], [x, haut], [droite, y], [gauche, y]],
        [[droite, b.max.y], [droite, b.min.y], [gauche, b.max.y], [gauche, b.min.y]]);
    }, []);
  }

  // Names by rank: each takes the first free place, or waits for a closer zoom.
  function noms(map, liste) {
    var volet = map.getPane("noms") || map.createPane("noms");
    var elements = liste.map(function (n) {
      var element = document.createElement("div");
      element.className = "carte-nom " + n.classe;
      element.innerHTML = n.texte;
      element.style.display = "none";
      element.setAttribute("aria-hidden", "true");
      volet.appendChild(element);
      return element;
    });
    function place() {
      // What usually stands on a neighbourhood (cluster, disc) is an obstacle too.
      var pris = liste.filter(function (n) { return n.boite; }).map(function (n) {
        var p = map.latLngToLayerPoint(n.lieu);
        return [p.x - 14, p.y - 12, p.x + 14, p.y + 12];
      });
      // So are the controls, and the clusters, which may stand between two neighbourhoods.
      var cadre = map.getContainer().getBoundingClientRect();
      map.getContainer().querySelectorAll(".leaflet-control, .carte-grappe").forEach(function (obstacle) {
        var r = obstacle.getBoundingClientRect(), haut = map.containerPointToLayerPoint([r.left - cadre.left, r.top - cadre.top]);
        pris.push([haut.x, haut.y, haut.x + r.width, haut.y + r.height]);
      });
      var vue = L.bounds(map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(map.getSize()));
      liste.forEach(function (n, i) {
        var element = elements[i], point = map.latLngToLayerPoint(n.lieu);
        element.style.display = "block";
        var l = element.offsetWidth, h = element.offsetHeight, choix = [[point.x, point.y]];
        if (n.boite) {
          var coins = L.bounds(map.latLngToLayerPoint([n.boite[0], n.boite[1]]), map.latLngToLayerPoint([n.boite[2], n.boite[3]]));
          choix = autour(L.bounds(coins.min, coins.max).extend(point.subtract([0, 17])).extend(point.add([0, 17])), l, h);
        }
        // A name cut by the edge of the view reads as another.
        choix = choix.filter(function (c) {
          var place = L.bounds([c[0] - l / 2, c[1] - h / 2], [c[0] + l / 2, c[1] + h / 2]);
          return vue.contains(place) || !vue.intersects(place);
        });
        var trouve = choix.some(function (centre) {
          var x = centre[0], y = centre[1], boite = [x - l / 2 - 2, y - h / 2, x + l / 2 + 2, y + h / 2];
          if (pris.some(function (b) { return boite[0] < b[2] && boite[2] > b[0] && boite[1] < b[3] && boite[3] > b[1]; })) { return false; }
          pris.push(boite);
          element.style.left = x + "px";
          element.style.top = y + "px";
          return true;
        });
        element.style.display = trouve ? "block" : "none";
      });
    }
    function cache() { elements.forEach(function (e) { e.style.display = "none"; }); }
    // Sizes mean nothing before the style sheet has come.
    function attend() {
      if (elements.length && getComputedStyle(elements[0]).position !== "absolute") { attente = setTimeout(attend, 40); } else { place(); }
    }
    var attente = null;
    // Clusters take a moment to form: names come when these have settled.
    function bientot() { clearTimeout(attente); attente = setTimeout(attend, 300); }
    map.on("zoomstart", cache).on("moveend viewreset resize legende", bientot);
    bientot();
    return function () {
      clearTimeout(attente);
      map.off("zoomstart", cache).off("moveend viewreset resize legende", bientot);
      elements.forEach(function (e) { e.remove(); });
    };
  }

  function vignette(e) {
    if (e.forme === "aplat") {
      return '<svg width="22" height="14" aria-hidden="true"><rect x="1" y="1" width="20" height="12" fill="' + e.couleur +
        '" stroke="' + (e.trait || "#3a3a3a") + '" stroke-dasharray="' + (e.tirets || "none") + '" stroke-width="' + (e.epaisseur || 1) + '"/></svg>';
    }
    if (e.forme === "point") {
      return '<svg width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="3" fill="' + e.couleur + '" stroke="' + e.trait + '" stroke-width="1.5"/></svg>';
    }
    return symbole(e.forme, e.couleur, 16);
  }

  // Discs of a legend, one inside the other, each top joined to its value.
  function disques(entrees) {
    var grand = entrees[0].rayon, haut = 2 * grand + 12;
    return '<svg width="' + (2 * grand + 90) + '" height="' + haut + '" role="img">' + entrees.map(function (e) {
      var y = haut - 2 - 2 * e.rayon;
      return '<circle cx="' + (grand + 2) + '" cy="' + (haut - 2 - e.rayon) + '" r="' + e.rayon + '" fill="' + e.couleur +
        '" fill-opacity=".3" stroke="' + e.couleur + '" stroke-width="1.5"/><path d="M' + (grand + 2) + " " + y + "H" + (2 * grand + 12) +
        '" stroke="#6e6456" stroke-dasharray="2 2"/><text x="' + (2 * grand + 16) + '" y="' + (y + 4) + '" font-size="12">' + e.texte + "</text>";
    }).join("") + "</svg>";
  }

  function liste(entrees) {
    return "<ul>" + entrees.map(function (e) { return "<li>" + vignette(e) + "<span>" + e.texte + "</span></li>"; }).join("") + "</ul>";
  }

  function legende(map, parties, ouverte) {
    var controle = L.control({ position: "bottomleft" });
    controle.onAdd = function () {
      var boite = L.DomUtil.create("details", "carte-legende");
      boite.addEventListener("toggle", function () { map.fire("legende"); });  // what it covers is no place for a name
      boite.open = ouverte && map.getSize().x >= LARGE;
      boite.innerHTML = "<summary>Légende</summary>" + parties.map(function (partie) {
        var cercles = partie.entrees.length && partie.entrees[0].forme === "cercle";
        return (partie.titre ? "<h2>" + partie.titre + "</h2>" : "") + (cercles ? disques : liste)(partie.entrees) +
          (partie.note ? "<p>" + partie.note + "</p>" : "");
      }).join("");
      L.DomEvent.disableClickPropagation(boite);
      L.DomEvent.disableScrollPropagation(boite);
      return boite;
    };
    if (parties.length) { controle.addTo(map); }
    return function () { controle.remove(); };
  }

  // Leave the legend its side when there is room for both: the neighbourhoods are then never under it.
  function cadrer(map, cadre, marge) {
    var gauche = marge && map.getSize().x >= LARGE ? 190 : 26;
    if (cadre) { map.fitBounds(cadre, { paddingTopLeft: [gauche, 26], paddingBottomRight: [26, 34] }); }
  }

  var STYLES = {
    commune: { fillColor: "#fffefb", fillOpacity: 1, color: "#d8cdbd", weight: 1.2 },
    fleuve: { color: "#b5d3e7", weight: 7, opacity: 1, lineCap: "round" },
    arret: { radius: 2, color: "#9a9188", weight: 1.2, fillColor: "#ffffff", fillOpacity: 1 }
  };

  function fond(map, contenu) {
    // folium forbids zooming the page on a phone (RGAA 10.4 asks for it).
    document.querySelectorAll('meta[name="viewport"]').forEach(function (m) { m.content = "width=device-width, initial-scale=1"; });
    Object.keys(contenu.dessins).forEach(function (genre) {
      var style = L.extend({}, STYLES[genre], genre === "commune" && contenu.tuiles ? { fill: false } : {});
      L.geoJSON(contenu.dessins[genre], {
        interactive: false, style: style, attribution: contenu.dessins[genre].length ? contenu.sources[genre] : null,
        pointToLayer: function (trait, lieu) { return L.circleMarker(lieu, L.extend({ interactive: false }, style)); }
      }).addTo(map);
    });
    cadrer(map, contenu.cadre, contenu.marge);
  }

  // `groupe` is not on the map yet: everything is drawn when it gets there, and removed with it.
  function couches(groupe, liste) {
    groupe.once("add", function () {
      var map = groupe._map, cases = {}, amas = {}, fins = [], noms_a_poser = [];
      var masquees = map._masquees = map._masquees || {};
      liste.forEach(function (c) {
        var couche;
        if (c.genre === "noms") { noms_a_poser = c.liste; return; }
        if (c.genre === "legende") { fins.push(legende(map, c.parties, c.ouverte)); return; }
        if (c.genre === "points") {
          amas[c.famille] = amas[c.famille] || L.markerClusterGroup({
            maxClusterRadius: 54, showCoverageOnHover: false, iconCreateFunction: grappe(c.grappe)
          }).addTo(groupe);
          couche = points(c, amas[c.famille]);
        } else {
          couche = (c.genre === "cercles" ? cercles(c) : quartiers(c)).addEventParent(groupe);
        }
        fins.push(function () { couche.remove(); });
        if (c.nom) { cases[c.nom] = couche; }
        if (!c.nom || !masquees[c.nom]) { couche.addTo(map); }
      });
      if (Object.keys(cases).length) {
        var choix = L.control.layers(null, cases).addTo(map);
        fins.push(function () { choix.remove(); });
      }
      fins.push(noms(map, noms_a_poser)); // last: names avoid what is drawn, the legend too
      function coche(e) { masquees[e.name] = e.type === "overlayremove"; }
      map.on("overlayadd overlayremove", coche);
      groupe.once("remove", function () {
        map.off("overlayadd overlayremove", coche);
        fins.forEach(function (fin) { fin(); });
      });
    });
  }

  motifs();
  window.carte = { fond: fond, couches: couches };
})();
