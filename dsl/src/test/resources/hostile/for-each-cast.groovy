for (File f in ['CANARY']) { f.text = 'x' }
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
