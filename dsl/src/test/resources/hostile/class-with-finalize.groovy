class Evil { void finalize() { new File('CANARY').text = 'x' } }
new Evil()
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
